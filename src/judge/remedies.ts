import type { Observation, Observations } from '../model.js';
import { dnsLabel, oneLine, shellWord } from './shell.js';
import { list, participant, referenceName } from './words.js';

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

/**
 * How participants are given the reference's secret, each in the terms of its own source. Lines that begin with two
 * blanks are commands to be pasted; none of them shows a secret.
 */
export function adopt(observations: Observations, names: readonly string[]): string {
  if (names.length === 0) return `Give everyone the secret of ${theReference(observations)}.`;
  return eachInItsTerms(
    observations,
    names,
    (services) =>
      `Give ${said(services)} the secret of ${theReference(observations)}, then restart ${itOrThem(services)}: most services read the secret only at start.`,
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

/** Local participants are given the secret by a command; of services one sentence tells, then examples. */
function eachInItsTerms(
  observations: Observations,
  names: readonly string[],
  ofServices: (names: readonly string[]) => string,
): string {
  const shown = names.slice(0, mostShown).map((name) => participant(observations, name) ?? name);
  const tokens = shown.filter((one) => isToken(one)).map(nameOf);
  const services = shown
    .filter((one) => typeof one === 'string' || !(isLocal(one) || isToken(one)))
    .map(nameOf);
  const local = shown.flatMap((one) => (typeof one !== 'string' && isLocal(one) ? [one] : []));
  return lines([
    ...(tokens.length === 0 ? [] : [reissue(tokens, observations)]),
    ...local.map((one) => adoptLocally(one, observations)),
    ...(services.length === 0 ? [] : [ofServices(services), ...rollOut(services, observations)]),
    theSame(names),
  ]);
}

/** How participants are made to read their secret again. */
export function restart(observations: Observations, names: readonly string[]): string {
  const shown = names.slice(0, mostShown).map((name) => participant(observations, name) ?? name);
  const tokens = shown.filter((one) => isToken(one)).map(nameOf);
  const local = shown.filter((one) => typeof one !== 'string' && isLocal(one)).map(nameOf);
  const services = shown
    .filter((one) => typeof one === 'string' || !(isLocal(one) || isToken(one)))
    .map(nameOf);
  return lines([
    ...(tokens.length === 0 ? [] : [reissue(tokens, observations)]),
    ...(local.length === 0
      ? []
      : [`Start what uses ${said(local)} again, so that it reads the secret anew.`]),
    ...(services.length === 0
      ? []
      : [
          `Restart ${said(services)}: most services read the secret only at start. On Kubernetes, for example:`,
          ...services.map((name) => `  ${rollout(name)}`),
        ]),
    theSame(names),
  ]);
}

/**
 * How the reference is written again without what is wrong with it.
 * @param filter a shell command that mends what it reads; without one only newlines at the end go
 */
export function rewriteReference(observations: Observations, filter?: string): string {
  const stored = storedReference(observations);
  const read = readReference(observations);
  const name = theReference(observations);
  if (stored === null || read === null) {
    return `Write the secret of ${name} again (printf %s, not echo), then restart whoever read the old one.`;
  }
  const value = filter === undefined ? `"$(${read})"` : `"$(${read} | ${filter})"`;
  return lines([
    'Add a version that is right, then restart whoever read the old one:',
    `  printf %s ${value} | ${add(stored)}`,
  ]);
}

/** How the reference gets a new random secret. */
export function rotateReference(observations: Observations): string {
  const stored = storedReference(observations);
  const make = "openssl rand -base64 48 | tr -d '\\n'";
  return stored === null
    ? lines([
        `Store a new random secret at ${theReference(observations)}, then restart everyone. This makes one:`,
        `  ${make}`,
      ])
    : lines(['Store a new random secret, then restart everyone:', `  ${make} | ${add(stored)}`]);
}

const theReference = (observations: Observations): string => oneLine(referenceName(observations));

const said = (names: readonly string[], most?: number): string => list(names.map(oneLine), most);

const add = ({ secret, place }: StoredSecret): string =>
  `gcloud secrets versions add ${secret} ${place} --data-file=-`;

/** `true` where the secret is read on this machine, not by a service. */
const isLocal = ({ source }: Observation): boolean =>
  source === 'env' || source === 'file' || source === 'command';

/** A finished token: no restart changes it. */
const isToken = (one: Observation | string): boolean => typeof one !== 'string' && one.source === 'token';

const reissue = (names: readonly string[], observations: Observations): string =>
  `Issue ${said(names)} again with the secret of ${theReference(observations)}, and replace the old ${names.length === 1 ? 'token' : 'tokens'} wherever ${names.length === 1 ? 'it is' : 'they are'} in use.`;

const nameOf = (one: Observation | string): string => (typeof one === 'string' ? one : one.name);

const rollout = (name: string): string => `kubectl rollout restart deployment/${dnsLabel(name)}`;

function adoptLocally(one: Observation, observations: Observations): string {
  const read = readReference(observations);
  const from = theReference(observations);
  if (one.source === 'env') return adoptInEnvironment(one, read, from);
  if (one.source === 'file') return adoptInFile(one, read, from);
  const command = oneLine(one.target ?? 'its command');
  return lines([
    `Have the command of ${oneLine(one.name)} (${command}) print the secret of ${from}.`,
    ...(read === null ? [] : ['Compare without showing it:', `  ${read} | npx jwtcheck fingerprint`]),
  ]);
}

function adoptInEnvironment(one: Observation, read: string | null, from: string): string {
  // The first name of a chain wins wherever it is set.
  const variable = one.target?.split(', ')[0] ?? 'the variable';
  return read === null || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)
    ? `Set ${variable} to the secret of ${from} where ${oneLine(one.name)} runs.`
    : lines([`Take it from ${from} where ${oneLine(one.name)} runs:`, `  export ${variable}="$(${read})"`]);
}

function adoptInFile({ name, target, reading }: Observation, read: string | null, from: string): string {
  const path = shellWord(target ?? '');
  const key = reading?.provenance ?? null;
  if (key !== null) {
    const entry = `Take the old ${oneLine(key)}= out of ${oneLine(target ?? name)}, then add the secret of ${from}, without quotes or blanks`;
    if (read === null || path === null || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)) return `${entry}.`;
    return lines([`${entry}:`, `  printf '\\n${key}=%s\\n' "$(${read})" >> ${path}`]);
  }
  const whole = `Write the secret of ${from} to ${oneLine(target ?? `the file of ${name}`)}, byte for byte`;
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
