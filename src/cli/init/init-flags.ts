import { UsageError } from '../../errors.js';
import { quoted } from '../../schema/path.js';
import type { Io } from '../../system/io.js';
import { type Answers, endpointUrl, type ServiceAnswer } from './answers.js';
import { isProject, isSecretId, isSecretVersion, isVariable } from './plain-names.js';
import { problemWithEntry, problemWithUrl, problemWithVariables } from './validate-answers.js';

/** The flags of `jwtcheck init` that answer a question, unparsed. */
export interface AnswerFlags {
  readonly environment?: string | undefined;
  readonly project?: string | undefined;
  readonly secret?: string | undefined;
  readonly dotenv?: string | undefined;
  readonly service?: readonly string[] | undefined;
  readonly probe?: readonly string[] | undefined;
  readonly websocket?: readonly string[] | undefined;
  readonly testEnv?: string | undefined;
  readonly tokenEnv?: string | undefined;
}

/** The answers of the flags. Answers without a flag are absent. */
export type Given = Partial<Answers> & { readonly project?: string };

/** Reserved names of services. */
export const reservedNames: ReadonlySet<string> = new Set(['secret_manager', 'dotenv', 'test_framework']);

/**
 * Parses the flags. Errors do not repeat their values: they may be misplaced secrets.
 * @throws UsageError
 */
export function answersIn(flags: AnswerFlags, env: Io['env']): Given {
  const { environment, project, secret, dotenv, testEnv, tokenEnv } = flags;
  if (environment !== undefined) stop('--environment', problemWithName(environment, env));
  if (project !== undefined && !isProject(project))
    stop('--project', 'specify the id of a Google Cloud project');
  if (project !== undefined) stop('--project', problemWithEntry(project, env));
  if (tokenEnv !== undefined) stop('--token-env', problemWithVariables([tokenEnv], env));
  const tests = testEnv?.split(',').map((name) => name.trim());
  if (tests !== undefined) stop('--test-env', problemWithVariables(tests, env));
  const services = servicesIn(flags, env);
  return {
    ...(environment === undefined ? {} : { environment }),
    ...(project === undefined ? {} : { project }),
    ...(secret === undefined ? {} : { secret: secretIn(secret, project, env) }),
    ...(dotenv === undefined ? {} : { entry: entryIn(dotenv, env) }),
    ...(services.length === 0 ? {} : { services }),
    ...(tests === undefined ? {} : { testVariables: tests }),
    ...(tokenEnv === undefined ? {} : { tokenVariable: tokenEnv }),
  };
}

function stop(flag: string, why: string | null): void {
  if (why !== null) throw new UsageError(`${flag}: ${why}`);
}

/** Why a text is no valid name of an environment or a participant; `null` if it is valid. */
export function problemWithName(name: string, env: Io['env']): string | null {
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u.test(name))
    return 'specify a name of letters, digits and . _ -';
  return problemWithEntry(name, env);
}

/** `NAME` or `NAME:VERSION`. */
function secretIn(text: string, project: string | undefined, env: Io['env']): Answers['secret'] {
  const [secret = '', version = 'latest', ...more] = text.split(':');
  const wrong = !isSecretId(secret) || !isSecretVersion(version) || more.length > 0;
  stop(
    '--secret',
    wrong ? 'specify the name of a secret in Secret Manager, such as jwt-secret or jwt-secret:7' : null,
  );
  stop('--secret', problemWithEntry(secret, env));
  if (project === undefined) throw new UsageError('--secret requires its project: add --project');
  return { project, secret, version };
}

/** Why a text is no valid `PATH:KEY`; `null` if it is valid. */
export function problemWithPair(text: string, env: Io['env']): string | null {
  const { path, key } = entryParts(text);
  return path === '' || !isVariable(key)
    ? 'specify the path of a dotenv file and a name in it: .env:JWT_SECRET'
    : problemWithEntry(text, env);
}

export function entryParts(text: string): { path: string; key: string } {
  const colon = text.lastIndexOf(':');
  return { path: text.slice(0, Math.max(colon, 0)), key: text.slice(colon + 1) };
}

function entryIn(text: string, env: Io['env']): { path: string; key: string } {
  stop('--dotenv', problemWithPair(text, env));
  return entryParts(text);
}

/** Why a text is no valid `NAME=URL`; `null` if it is valid. */
export function problemWithService(text: string, schemes: readonly string[], env: Io['env']): string | null {
  const { name, url } = serviceParts(text);
  if (name === '' || url === '') return `specify a name and a URL: backend=${schemes[0] ?? ''}…`;
  if (reservedNames.has(name)) return `the name ${quoted(name)} is reserved; choose another one`;
  return problemWithName(name, env) ?? problemWithUrl(url, schemes, env);
}

export function serviceParts(text: string): { name: string; url: string } {
  const equals = text.indexOf('=');
  return { name: text.slice(0, Math.max(equals, 0)).trim(), url: text.slice(equals + 1).trim() };
}

export const schemes = { http: ['https://', 'http://'], websocket: ['wss://', 'ws://'] } as const;

function servicesIn(
  { service = [], probe = [], websocket = [] }: AnswerFlags,
  env: Io['env'],
): ServiceAnswer[] {
  const byName = new Map<string, ServiceAnswer>();
  const of = (name: string): ServiceAnswer => byName.get(name) ?? { name, url: null, probes: [] };
  for (const text of service) {
    stop('--service', problemWithService(text, schemes.http, env));
    const { name, url } = serviceParts(text);
    if (byName.has(name)) throw new UsageError(`--service: ${quoted(name)} appears twice`);
    byName.set(name, { ...of(name), url: endpointUrl(url) });
  }
  for (const [kind, texts] of [
    ['http', probe],
    ['websocket', websocket],
  ] as const) {
    for (const text of texts) {
      stop(kind === 'http' ? '--probe' : '--websocket', problemWithService(text, schemes[kind], env));
      const { name, url } = serviceParts(text);
      byName.set(name, { ...of(name), probes: [...of(name).probes, { kind, url }] });
    }
  }
  return [...byName.values()];
}
