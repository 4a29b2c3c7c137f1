import { basename, relative, resolve } from 'node:path';
import { sanitize } from '../../report/text/sanitize.js';
import { wrapWithIndent } from '../../report/text/wrap.js';
import { type Answers, endpointUrl, type ServiceAnswer } from './answers.js';
import { type Hint, type HintOf, hintsOf } from './hint.js';
import type { Scan } from './scan.js';

/** Above these numbers, nothing is proposed. */
const mostServices = 20;
const mostVariables = 5;

/** Infers default answers from the hints. Missing facts stay open: no host is invented. */
export interface Defaults {
  readonly environment: string;
  readonly project: HintOf<'project'> | null;
  readonly secret: HintOf<'secret'> | null;
  readonly entry: HintOf<'entry'> | null;
  /** Services by name; only those that hold the secret if any is known to. */
  readonly services: readonly HintOf<'service'>[];
  readonly variables: readonly HintOf<'variable'>[];
}

export function inferDefaults(clues: readonly Hint[]): Defaults {
  const secrets = hintsOf(clues, 'secret');
  const secret = secrets.find(({ sure }) => sure) ?? secrets[0] ?? null;
  const named = secret === null || secret.project === null ? null : secret.project;
  const project =
    named === null || secret === null
      ? (hintsOf(clues, 'project')[0] ?? null)
      : ({ is: 'project', project: named, from: secret.from } as const);
  const services = merged(hintsOf(clues, 'service'));
  const holders = services.filter(({ holds }) => holds);
  const entries = hintsOf(clues, 'entry').sort((a, b) => depthOf(a.path) - depthOf(b.path));
  return {
    environment: environmentOf(secret, project, entries[0] ?? null),
    project,
    secret,
    entry: entries[0] ?? null,
    services: (holders.length > 0 ? holders : services).slice(0, mostServices),
    variables: unique(hintsOf(clues, 'variable'), ({ name }) => name).slice(0, mostVariables),
  };
}

/** Names the environment after the future reference: a secret in Secret Manager, or the dotenv file. */
function environmentOf(
  secret: HintOf<'secret'> | null,
  project: HintOf<'project'> | null,
  entry: HintOf<'entry'> | null,
): string {
  if (entry !== null && !(secret?.sure === true && project !== null))
    return environmentIn([basename(entry.path)]) ?? 'local';
  return environmentIn([secret?.secret, project?.project].flatMap((name) => name ?? [])) ?? 'staging';
}

/** Merges the hints for a name: its address may be in one file, its variable in another. */
function merged(services: readonly HintOf<'service'>[]): HintOf<'service'>[] {
  const byName = new Map<string, HintOf<'service'>>();
  for (const service of services) {
    const known = byName.get(service.name);
    if (known === undefined) byName.set(service.name, service);
    else {
      const reached = known.url === null ? service : known;
      byName.set(service.name, { ...reached, holds: known.holds || service.holds });
    }
  }
  return [...byName.values()];
}

function unique<T>(all: readonly T[], key: (one: T) => string): T[] {
  return [...new Map(all.map((one) => [key(one), one] as const).reverse()).values()].reverse();
}

const depthOf = (path: string): number => path.split('/').length;

const environments = ['production', 'prod', 'staging', 'stage', 'development', 'dev', 'test', 'qa'] as const;

/** The name of an environment in another name: `jwt-secret-staging`. */
function environmentIn(names: readonly string[]): string | undefined {
  return environments.find((one) => names.some((name) => name.toLowerCase().split(/[-_.]/).includes(one)));
}

/** The answers if all defaults are accepted, without mere possibilities. */
export function answersOf(guess: Defaults, folder: string, cwd: string): Answers {
  const { project, secret } = guess;
  const sure = secret?.sure === true && project !== null;
  return {
    environment: guess.environment,
    secret: sure ? { project: project.project, secret: secret.secret, version: 'latest' } : null,
    entry: sure || guess.entry === null ? null : entryFrom(guess.entry, folder, cwd),
    services: guess.services.flatMap(({ name, url }): ServiceAnswer[] =>
      url === null ? [] : [{ name, url: endpointUrl(url), probes: [] }],
    ),
    tokenVariable: null,
    testVariables: guess.variables.map(({ name }) => name),
  };
}

/** Converts the path of an entry to one relative to the configuration's folder. */
export function entryFrom(entry: { path: string; key: string }, folder: string, cwd: string) {
  const path = relative(folder, resolve(cwd, entry.path)).replaceAll('\\', '/');
  return { path: path === '' ? entry.path : path, key: entry.key };
}

/** Minimum width of the location beside a name. With less, it is printed below. */
const roomForPlaces = 36;

/** Lists the detected names and their locations. */
export function summary(look: Scan, guess: Defaults, columns: number): string {
  const { project, secret, entry, services, variables } = guess;
  const rows: (readonly [what: string, from: string])[] = [];
  const add = (what: string, from: string): void => void rows.push([what, from]);
  if (project !== null) add(`project ${project.project}`, project.from);
  if (secret !== null) {
    const version = secret.version === 'latest' ? '' : `, version ${secret.version}`;
    add(
      `secret ${secret.secret}`,
      secret.sure ? `${secret.from}${version}` : `${secret.from}: a Kubernetes Secret`,
    );
  }
  if (entry !== null) add(`entry ${entry.key}`, entry.path);
  for (const { name, url, from } of services)
    add(`service ${name}`, url === null ? `${from}: its URL is unknown` : `${from}: ${url}`);
  for (const { name, from } of variables) add(`variable ${name}`, from);
  const count = `Read the names in ${look.files} ${look.files === 1 ? 'file' : 'files'}`;
  const limits = [
    ...(look.unreadable === 0 ? [] : [`${look.unreadable} could not be read, such as templates`]),
    ...(look.cut ? ['the limit was reached, other files were not read'] : []),
  ];
  const width = Math.min(32, Math.max(0, ...rows.map(([what]) => what.length)));
  return [
    ...wrapWithIndent(
      '',
      `${[count, ...limits].join('; ')}.${rows.length === 0 ? ' Nothing useful was found.' : ''}`,
      columns,
    ),
    ...rows.flatMap(([what, from]) =>
      columns - width < roomForPlaces
        ? [
            ...wrapWithIndent('  ', sanitize(what), columns),
            ...wrapWithIndent('    ', sanitize(from), columns),
          ]
        : wrapWithIndent(`  ${sanitize(what).padEnd(width)}  `, sanitize(from), columns),
    ),
    '',
    '',
  ].join('\n');
}
