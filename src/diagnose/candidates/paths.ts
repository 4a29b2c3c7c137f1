import type { ObserveContext } from '../../observe/context.js';
import type { Plan } from '../../observe/plan.js';
import type { KnownText } from './known-texts.js';
import { commonVariables, namesIn } from './names.js';

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

/**
 * Paths of the secret instead of the secret: paths made from the names in the configuration, and names of variables
 * that hold such a path (`JWT_SECRET_FILE`).
 */
export function* pathTexts(
  plan: Plan,
  concerned: ReadonlySet<string>,
  context: ObserveContext,
): Generator<KnownText> {
  const names = new Set<string>();
  const declared = namesIn(plan).filter(({ participant }) => concerned.has(participant));
  for (const { names: own } of declared) {
    for (const name of own.variables) names.add(name);
    if (own.stored !== undefined) names.add(own.stored.name);
  }
  for (const name of [...commonVariables, 'jwt', 'secret', 'jwt-secret-key']) names.add(name);
  for (const name of [...names].slice(0, mostNames)) {
    const shown = context.label(name);
    for (const suffix of ['_FILE', '_PATH', '_NAME', '_ID', '_ARN'])
      yield named(`${asVariable(name)}${suffix}`, `the name ${shown}${suffix}`);
    for (const file of spellings(name)) {
      for (const folder of folders)
        for (const path of endings.map((ending) => `${folder}${file}${ending}`))
          yield named(path, `a path to a file of ${shown}`);
      for (const folder of folders)
        for (const scheme of schemes)
          yield named(closed(scheme, `${folder}${file}`), `a path to a file of ${shown}`);
    }
  }
  for (const { participant, names: own } of declared) {
    if (own.path === undefined) continue;
    for (const scheme of ['', ...schemes])
      yield named(closed(scheme, own.path), `the path of the file of ${context.label(participant)}`);
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

const asVariable = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
