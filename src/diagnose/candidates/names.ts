import type { CandidateCode } from '../../finding-codes.js';
import type { CandidateFingerprint } from '../../model.js';
import type { CandidateSecret } from '../../observe/candidate.js';
import type { ObserveContext } from '../../observe/context.js';
import type { Plan } from '../../observe/plan.js';
import { readerOf } from '../../observe/sources/reader.js';
import type { SecretReading, SourceNames } from '../../observe/sources/source.js';
import { fingerprintOfText, shortestFingerprint } from '../../secret/fingerprint.js';
import { Secret } from '../../secret/secret.js';
import { anyShown, beginningsOfTexts, formsShown, type KnownText } from './known-texts.js';

/**
 * Variables that JWT secrets are commonly read from. The variable of a service that only reports a fingerprint is not
 * known.
 */
export const commonVariables = [
  'JWT_SECRET',
  'JWT_SECRET_KEY',
  'JWT_KEY',
  'AUTH_SECRET',
  'SECRET_KEY',
] as const;

/** Maximum number of participants whose variables are used. */
const mostVariables = 100;

/** Placeholder syntax of files and tools. */
const placeholders: readonly ((name: string) => string)[] = [
  (name) => `\${${name}}`,
  (name) => `$${name}`,
  (name) => `$(${name})`,
  (name) => `{{${name}}}`,
  (name) => `{{ ${name} }}`,
  (name) => `%${name}%`,
  (name) => `\${{ secrets.${name} }}`,
  (name) => `\${{secrets.${name}}}`,
  (name) => `\${{ env.${name} }}`,
  (name) => `\${env:${name}}`,
  (name) => `\${ENV:${name}}`,
  (name) => `\${env.${name}}`,
  (name) => `\${${name}:-}`,
  (name) => `\${${name}:}`,
  (name) => `\${${name}?}`,
  (name) => `$env:${name}`,
  (name) => `{{ env.${name} }}`,
  (name) => `{{env.${name}}}`,
  (name) => `{{ .Values.${name} }}`,
  (name) => `{{.Values.${name}}}`,
  (name) => `{{ .Env.${name} }}`,
  (name) => `{{ secrets.${name} }}`,
  (name) => `{${name}}`,
  (name) => `%(${name})s`,
  (name) => `#{${name}}`,
  (name) => `#{${name}}#`,
  (name) => `__${name}__`,
  (name) => `@${name}@`,
  (name) => `@@${name}@@`,
  (name) => `<${name}>`,
  (name) => `[${name}]`,
  (name) => `<your-${dashed(name)}>`,
  (name) => `<${dashed(name)}>`,
  (name) => `env(${name})`,
  (name) => `env('${name}')`,
  (name) => `env("${name}")`,
  (name) => `process.env.${name}`,
  (name) => `import.meta.env.${name}`,
  (name) => `os.environ['${name}']`,
  (name) => `os.environ["${name}"]`,
  (name) => `os.getenv('${name}')`,
  (name) => `os.getenv("${name}")`,
  (name) => `os.Getenv("${name}")`,
  (name) => `ENV['${name}']`,
  (name) => `ENV["${name}"]`,
  (name) => `secrets.${name}`,
  (name) => `env.${name}`,
  (name) => `env:${name}`,
  (name) => `!env ${name}`,
  (name) => `var.${name.toLowerCase()}`,
];

const dashed = (name: string): string => name.toLowerCase().replaceAll('_', '-');

/**
 * Values of a service that uses the name of the secret as the secret: plain names, and placeholders that were never
 * replaced. The names are common ones and those that the configuration gives to the participants concerned.
 * @param skipped names that are left out
 */
export function nameCandidates(
  plan: Plan,
  concerned: ReadonlySet<string>,
  held: ReadonlyMap<string, SecretReading>,
  context: Pick<ObserveContext, 'label'>,
  skipped: ReadonlySet<string> = none,
): CandidateSecret[] {
  const found = new Map<string, CandidateSecret>();
  const add = (code: CandidateCode, value: string, text: string): void => {
    if (value === '' || found.has(value)) return;
    found.set(value, { code, of: null, undone: false, text, secret: new Secret(value), facts: {} });
  };
  const variables = new Set<string>();
  for (const { participant, names } of namesIn(plan)) {
    if (!concerned.has(participant)) continue;
    const { path, stored } = names;
    for (const name of names.variables) variables.add(name);
    if (path !== undefined) add('secret-name-as-value', path, `the path of the file of ${participant}`);
    if (stored === undefined) continue;
    const version = held.get(participant)?.version ?? null;
    const whose = `the secret of ${participant}`;
    for (const value of stored.resources(version)) add('secret-name-as-value', value, `the name of ${whose}`);
    if (participant === plan.reference)
      for (const value of stored.references(version))
        add('unresolved-placeholder', value, `a reference to ${whose} that nothing resolved`);
    for (const name of [stored.name, envName(stored.name)]) variables.add(name);
  }
  for (const name of new Set([...commonVariables, ...[...variables].slice(0, mostVariables)])) {
    if (skipped.has(name)) continue;
    const shown = context.label(name);
    add('secret-name-as-value', name, `the name ${shown}`);
    for (const placeholder of placeholders)
      add('unresolved-placeholder', placeholder(name), `a placeholder for ${shown} that nothing replaced`);
  }
  return [...found.values()];
}

const none: ReadonlySet<string> = new Set();

const isCommonPlaceholderShown = anyShown(function* () {
  for (const name of commonVariables)
    for (const placeholder of placeholders) yield fingerprintOfText(placeholder(name), shortestFingerprint);
});

/**
 * Those of {@link nameCandidates} that are placeholders, without the common ones of which no participant reports the
 * fingerprint: most checks need none of them.
 */
export function placeholderCandidates(
  plan: Plan,
  concerned: ReadonlySet<string>,
  held: ReadonlyMap<string, SecretReading>,
  shown: ReadonlySet<string>,
  context: Pick<ObserveContext, 'label'>,
): CandidateSecret[] {
  const skipped = isCommonPlaceholderShown(shown) ? none : new Set<string>(commonVariables);
  const candidates = nameCandidates(plan, concerned, held, context, skipped);
  return candidates.filter(({ code }) => code === 'unresolved-placeholder');
}

/** The names that the source of each participant declares. */
export function namesIn({ participants }: Plan): { participant: string; names: SourceNames }[] {
  return participants.flatMap(({ name: participant, settings: { source } }) => {
    const names = source === undefined ? undefined : readerOf(source).names?.(source);
    return names === undefined ? [] : [{ participant, names }];
  });
}

/** The name as a variable name: `JWT_SECRET_STAGING` for `jwt-secret-staging`. */
function envName(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

/** Folders in which Docker, Kubernetes, Cloud Run, Vault and administrators store secrets. */
const folders = [
  '/run/secrets/',
  '/var/run/secrets/',
  '/etc/secrets/',
  '/etc/secret/',
  '/secrets/',
  '/mnt/secrets/',
  '/mnt/secrets-store/',
  '/vault/secrets/',
  '/var/secrets/',
  '/app/secrets/',
  '/opt/secrets/',
  '/home/node/secrets/',
  './secrets/',
  'secrets/',
  './',
  '/etc/jwt/',
  '/etc/',
] as const;

/** Prefixes that mark a path in configurations. */
const schemes = ['file:', 'file://', '@', '$(cat ', '{{ file "'] as const;

const endings = ['', '.txt', '.key', '.secret', '.pem'] as const;

/** Maximum number of variables and secrets whose names are tried as file names. */
const mostNames = 24;

/** Names of files and variables that are tried without being in the configuration. */
const commonNames: ReadonlySet<string> = new Set([...commonVariables, 'jwt', 'secret', 'jwt-secret-key']);

const isCommonPathShown = anyShown(() =>
  beginningsOfTexts([...commonNames].flatMap((name) => [...pathsOf(name, name)])),
);

/** Those of {@link pathTexts} whose fingerprint a participant reports, compared by the first digits. */
export function pathsShown(
  plan: Plan,
  concerned: ReadonlySet<string>,
  shown: ReadonlySet<string>,
  context: Pick<ObserveContext, 'label' | 'fingerprintLength'>,
): CandidateFingerprint[] {
  const skipped = isCommonPathShown(shown) ? none : commonNames;
  return formsShown(pathTexts(plan, concerned, context, skipped), shown, context.fingerprintLength);
}

/**
 * Paths of the secret instead of the secret: paths made from the names in the configuration, and names of variables
 * that hold such a path (`JWT_SECRET_FILE`).
 * @param skipped names that are left out
 */
export function* pathTexts(
  plan: Plan,
  concerned: ReadonlySet<string>,
  context: Pick<ObserveContext, 'label'>,
  skipped: ReadonlySet<string> = none,
): Generator<KnownText> {
  const names = new Set<string>();
  const declared = namesIn(plan).filter(({ participant }) => concerned.has(participant));
  for (const { names: own } of declared) {
    for (const name of own.variables) names.add(name);
    if (own.stored !== undefined) names.add(own.stored.name);
  }
  for (const name of commonNames) names.add(name);
  for (const name of [...names].slice(0, mostNames))
    if (!skipped.has(name)) yield* pathsOf(name, context.label(name));
  for (const { participant, names: own } of declared) {
    if (own.path === undefined) continue;
    for (const scheme of ['', ...schemes])
      yield named(closed(scheme, own.path), `the path of the file of ${context.label(participant)}`);
  }
}

function* pathsOf(name: string, shown: string): Generator<KnownText> {
  for (const suffix of ['_FILE', '_PATH', '_NAME', '_ID', '_ARN'])
    yield named(`${envName(name)}${suffix}`, `the name ${shown}${suffix}`);
  for (const file of spellings(name)) {
    for (const folder of folders)
      for (const path of endings.map((ending) => `${folder}${file}${ending}`))
        yield named(path, `a path to a file of ${shown}`);
    for (const folder of folders)
      for (const scheme of schemes)
        yield named(closed(scheme, `${folder}${file}`), `a path to a file of ${shown}`);
  }
}

const named = (value: string, text: string): KnownText => ({ code: 'secret-name-as-value', value, text });

function closed(scheme: string, path: string): string {
  return `${scheme}${path}${closings.get(scheme) ?? ''}`;
}

const closings = new Map<string, string>([
  ['$(cat ', ')'],
  ['{{ file "', '" }}'],
]);

function spellings(name: string): Set<string> {
  const low = name.toLowerCase();
  return new Set([name, low, low.replaceAll('_', '-'), low.replaceAll('-', '_'), low.replace(/[-_]/g, '')]);
}
