import type { Observation, Observations } from '../model.js';
import { list, participant, referenceName } from './phrases.js';
import { dnsLabel, oneLine, shellWord } from './shell-quote.js';

/** Commands are given for so many participants; the others are only named. */
const mostShown = 2;

/** A secret in Secret Manager, its names ready for the shell. */
interface StoredSecret {
  readonly secret: string;
  /** `--project=… --location=…`. */
  readonly place: string;
  /** A number, or `latest`. */
  readonly version: string;
}

/** The reference as a secret in Secret Manager; `null` for every other kind, and where its names cannot be pasted. */
export function storedReference(observations: Observations): StoredSecret | null {
  const reference = participant(observations, observations.reference ?? undefined);
  if (reference?.source !== 'google-secret-manager') return null;
  const match = /^projects\/([^/]+)(?:\/locations\/([^/]+))?\/secrets\/([^/]+)$/.exec(reference.target ?? '');
  if (match === null) return null;
  const [, project = '', location, secret = ''] = match;
  const words = {
    project: shellWord(project),
    secret: shellWord(secret),
    location: shellWord(location ?? ''),
  };
  if (words.project === null || words.secret === null) return null;
  if (location !== undefined && words.location === null) return null;
  const version = reference.reading?.version ?? 'latest';
  return {
    secret: words.secret,
    place: `--project=${words.project}${location === undefined ? '' : ` --location=${words.location}`}`,
    version: /^\d+$/.test(version) ? version : 'latest',
  };
}

/** The command that prints what the reference holds, where its kind has one. */
export function readReference(observations: Observations): string | null {
  const stored = storedReference(observations);
  if (stored === null) return null;
  return `gcloud secrets versions access ${stored.version} --secret=${stored.secret} ${stored.place}`;
}

/** What a participant is to a remedy: each is given a secret in another way, and only a service can be restarted. */
type Manner = 'service' | 'env' | 'file' | 'command' | 'store' | 'pinned' | 'token';

/** By the kind of the source; what is judged by its probes alone, and every other kind, is a service. */
const manners: Readonly<Record<string, Manner>> = {
  env: 'env',
  file: 'file',
  command: 'command',
  'google-secret-manager': 'store',
  pinned: 'pinned',
  token: 'token',
};

const mannerOf = (one: Observation | undefined): Manner => manners[one?.source ?? ''] ?? 'service';

/**
 * How participants are given the reference's secret, each in the terms of its own source. Lines that begin with two
 * spaces are commands to be pasted; none of them shows a secret, and none writes to a store.
 */
export function adopt(observations: Observations, names: readonly string[]): string {
  if (names.length === 0) return `Give every participant ${theSecret(observations)}.`;
  return eachInItsTerms(
    observations,
    names,
    (services) =>
      `Give ${said(services)} ${theSecret(observations)}, then restart ${itOrThem(services)}: most services read the secret only at start.`,
  );
}

/** How participants that hold an old secret come to hold what the reference says now. */
export function renew(observations: Observations, names: readonly string[]): string {
  const version = participant(observations, observations.reference ?? undefined)?.reading?.version;
  const what = storedReference(observations) === null ? 'the secret anew' : `version ${version ?? 'latest'}`;
  return eachInItsTerms(
    observations,
    names,
    (services) =>
      `Restart or redeploy ${said(services)}, so that ${services.length === 1 ? 'it reads' : 'they read'} ${what}.`,
  );
}

/** Of services one sentence, then examples; of everything else a sentence or a command each. */
function eachInItsTerms(
  observations: Observations,
  names: readonly string[],
  ofServices: (names: readonly string[]) => string,
): string {
  const others = names.filter((name) => name !== observations.reference);
  const shown = others.slice(0, mostShown).map((name) => ({ name, one: participant(observations, name) }));
  const services = shown.filter(({ one }) => mannerOf(one) === 'service').map(({ name }) => name);
  return lines([
    ...shown.flatMap(({ one }) => (one === undefined ? [] : adoptOtherwise(one, observations))),
    ...(services.length === 0 ? [] : [ofServices(services), ...rollOut(services, observations)]),
    theSame(others),
  ]);
}

/**
 * How the reference is written again without what is wrong with it. Only for what was read: nothing else is known to be
 * wrong.
 * @param filter a shell command that fixes what it reads; without one only newlines at the end are taken off
 */
export function rewriteReference(observations: Observations, filter?: string): string {
  const stored = readAndStored(observations);
  const read = readReference(observations);
  if (stored === null || read === null) {
    return `${atReference(observations)} without that (printf %s, not echo), then restart every service that read the old one.`;
  }
  const value = filter === undefined ? `"$(${read})"` : `"$(${read} | ${filter})"`;
  return lines([
    'Add a version that is right, then restart every service that read the old one:',
    `  printf %s ${value} | ${add(stored)}`,
  ]);
}

/** How the reference, which was read and is at fault, gets a new random secret. */
export function rotateReference(observations: Observations): string {
  const stored = readAndStored(observations);
  const make = "openssl rand -base64 48 | tr -d '\\n'";
  return stored === null
    ? lines([
        `${atReference(observations, 'a new random secret')}, then give it to every participant and restart the services. This makes one:`,
        `  ${make}`,
      ])
    : lines(['Store a new random secret, then restart every service:', `  ${make} | ${add(stored)}`]);
}

/** How the secret that holders share is replaced where it is at fault; of the reference only where it holds that secret. */
export function replaceSecret(observations: Observations, holders: readonly string[]): string {
  const { reference } = observations;
  if (reference === null || holders.includes(reference)) return rotateReference(observations);
  return adopt(observations, holders);
}

/** What is to be done where the reference lies: each kind in its own terms. */
export function atReference(observations: Observations, what = 'the secret'): string {
  const reference = participant(observations, observations.reference ?? undefined);
  const name = theReference(observations);
  switch (mannerOf(reference)) {
    case 'pinned':
      return `Store ${what} where the secret of the participants comes from, and pin its fingerprint at ${name}`;
    case 'env':
      return `Set the variable of ${name} (${oneLine(reference?.reading?.provenance ?? reference?.target ?? name)}) to ${what}`;
    case 'file':
      return `Write ${what} to ${oneLine(reference?.target ?? name)}`;
    case 'command':
      return `Store ${what} where the command of ${name} reads it`;
    default:
      return reference === undefined ? `Store ${what} where all read it` : `Store ${what} at ${name}`;
  }
}

const theReference = (observations: Observations): string => oneLine(referenceName(observations));

const said = (names: readonly string[], most?: number): string => list(names.map(oneLine), most);

const add = ({ secret, place }: StoredSecret): string =>
  `gcloud secrets versions add ${secret} ${place} --data-file=-`;

/** The reference in Secret Manager, where it was read. */
function readAndStored(observations: Observations): StoredSecret | null {
  const reference = participant(observations, observations.reference ?? undefined);
  return reference?.reading ? storedReference(observations) : null;
}

/** The right secret, in words: a pin has none to give. */
function theSecret(observations: Observations): string {
  const reference = participant(observations, observations.reference ?? undefined);
  if (mannerOf(reference) !== 'pinned') return `the secret of ${theReference(observations)}`;
  const fingerprint = reference?.reading?.fingerprint ?? 'of the pin';
  return `the secret with the fingerprint ${fingerprint} (${theReference(observations)})`;
}

const rollout = (name: string): string => `kubectl rollout restart deployment/${dnsLabel(name)}`;

/** How a participant that is no service comes to hold the right secret; nothing for a service. */
function adoptOtherwise(one: Observation, observations: Observations): string[] {
  const name = oneLine(one.name);
  const secret = theSecret(observations);
  const read = readReference(observations);
  switch (mannerOf(one)) {
    case 'env':
      return [adoptInEnvironment(one, read, observations)];
    case 'file':
      return [adoptInFile(one, read, observations)];
    case 'command':
      return [
        lines([
          `Have the command of ${name} (${oneLine(one.target ?? 'its command')}) print ${secret}.`,
          ...(read === null ? [] : ['Compare without showing it:', `  ${read} | jwtcheck fingerprint`]),
        ]),
      ];
    case 'store':
      return [
        `${name} is a store: see which of both is right. If it is ${theReference(observations)}, store its secret at ${name} as a new version; then restart every service that reads it there.`,
      ];
    case 'pinned':
      return [
        `The fingerprint of ${name} is pinned in the configuration: see whether it is that of ${secret}, and correct it.`,
      ];
    case 'token':
      return [`Issue ${name} again with ${secret}, and replace the old token wherever it is in use.`];
    case 'service':
      return [];
  }
}

function adoptInEnvironment(one: Observation, read: string | null, observations: Observations): string {
  // The first name of a chain wins wherever it is set.
  const variable = one.target?.split(', ')[0] ?? 'the variable';
  return read === null || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)
    ? `Set ${variable} to ${theSecret(observations)} where ${oneLine(one.name)} runs.`
    : lines([
        `Take it from ${theReference(observations)} where ${oneLine(one.name)} runs:`,
        `  export ${variable}="$(${read})"`,
      ]);
}

function adoptInFile(
  { name, target, reading }: Observation,
  read: string | null,
  observations: Observations,
): string {
  const path = shellWord(target ?? '');
  const key = reading?.provenance ?? null;
  if (key !== null) {
    const entry = `Take the old ${oneLine(key)}= out of ${oneLine(target ?? name)}, then add ${theSecret(observations)}, without quotes or spaces`;
    if (read === null || path === null || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)) return `${entry}.`;
    return lines([`${entry}:`, `  printf '\\n${key}=%s\\n' "$(${read})" >> ${path}`]);
  }
  const whole = `Write ${theSecret(observations)} to ${oneLine(target ?? `the file of ${name}`)}, byte for byte`;
  if (read === null || path === null) return `${whole}: no newline, no quotes.`;
  return lines([`${whole}:`, `  ${read} --out-file=${path}`]);
}

const itOrThem = (names: readonly string[]): string => (names.length === 1 ? 'it' : 'them');

function rollOut(names: readonly string[], observations: Observations): string[] {
  const stored = storedReference(observations);
  // Regional secrets cannot be handed to Cloud Run in this way.
  const onCloudRun =
    stored === null || stored.place.includes('--location')
      ? []
      : [
          'On Cloud Run, for example, with the name of its own variable:',
          ...names.map(
            (name) =>
              `  gcloud run services update ${dnsLabel(name)} --update-secrets=JWT_SECRET=${stored.secret}:${stored.version} ${stored.place}`,
          ),
        ];
  return [
    ...onCloudRun,
    'On Kubernetes, once its Secret is right:',
    ...names.map((name) => `  ${rollout(name)}`),
  ];
}

function theSame(names: readonly string[]): string {
  return names.length > mostShown ? `Then do the same for ${said(names.slice(mostShown), 2)}.` : '';
}

const lines = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n');
