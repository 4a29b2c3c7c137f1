import type { Observation, Observations, RemedyStep, SecretHolder, StoreCommands } from '../model.js';
import { dnsLabel, oneLine, shellWord } from '../schema/shell-quote.js';
import { list, participant, referenceName } from './phrases.js';
import { command, text } from './remedy-steps.js';

type Steps = readonly RemedyStep[];

/** The number of participants that get commands; the others are only named. */
const mostShown = 2;

/** A participant that is judged by its probes alone is a service. */
const holderOf = (one: Observation | undefined): SecretHolder => one?.holder ?? { is: 'service' };

const referenceOf = (observations: Observations): Observation | undefined =>
  participant(observations, observations.reference ?? undefined);

/** The commands of the store that is the reference; `null` for every other kind of reference. */
function storeCommands(observations: Observations): StoreCommands | null {
  const holder = holderOf(referenceOf(observations));
  return holder.is === 'store' ? holder.commands : null;
}

/**
 * Steps that give participants the reference's secret, each in the terms of its own source. No command shows a secret,
 * and none writes to a store.
 */
export function adopt(observations: Observations, names: readonly string[]): Steps {
  if (names.length === 0) return [text(`Give every participant ${theSecret(observations)}.`)];
  return eachInItsTerms(
    observations,
    names,
    (services) =>
      `Give ${listed(services)} ${theSecret(observations)}, then restart ${itOrThem(services)}: most services read the secret only at start.`,
  );
}

/** Steps that give participants with an old secret the current one. */
export function renew(observations: Observations, names: readonly string[]): Steps {
  const version = referenceOf(observations)?.reading?.version;
  const what = storeCommands(observations) === null ? 'the secret again' : `version ${version ?? 'latest'}`;
  return eachInItsTerms(
    observations,
    names,
    (services) =>
      `Restart or redeploy ${listed(services)}, so that ${services.length === 1 ? 'it reads' : 'they read'} ${what}.`,
  );
}

/** One sentence for all services, then examples; a sentence or a command each for all others. */
function eachInItsTerms(
  observations: Observations,
  names: readonly string[],
  forServices: (names: readonly string[]) => string,
): Steps {
  const others = names.filter((name) => name !== observations.reference);
  const shown = others.slice(0, mostShown).map((name) => ({ name, one: participant(observations, name) }));
  const services = shown.filter(({ one }) => holderOf(one).is === 'service').map(({ name }) => name);
  const left = others.slice(mostShown);
  return [
    ...shown.flatMap(({ one }) => (one === undefined ? [] : adoptInItsTerms(one, observations))),
    ...(services.length === 0 ? [] : [text(forServices(services)), ...rollOut(services, observations)]),
    ...(left.length === 0 ? [] : [text(`Then do the same for ${listed(left, 2)}.`)]),
  ];
}

/**
 * Steps that rewrite the reference without its fault. Only for a secret that was read: no fault of any other is known.
 * @param filter a shell command that fixes its input; by default only trailing newlines are removed
 */
export function rewriteReference(observations: Observations, filter?: string): Steps {
  const store = readableStore(observations);
  if (store === null) {
    return [
      text(
        `${atReference(observations)} without that (printf %s, not echo), then restart every service that read the old one.`,
      ),
    ];
  }
  const value = filter === undefined ? `"$(${store.read})"` : `"$(${store.read} | ${filter})"`;
  return [
    text('Add a corrected version, then restart every service that read the old one:'),
    command(`printf %s ${value} | ${store.write}`),
  ];
}

/** Steps that give the reference a new random secret, if it was read and is at fault. */
export function rotateReference(observations: Observations): Steps {
  const store = readableStore(observations);
  const make = "openssl rand -base64 48 | tr -d '\\n'";
  return store === null
    ? [
        text(
          `${atReference(observations, 'a new random secret')}, then give it to every participant and restart the services. This command makes one:`,
        ),
        command(make),
      ]
    : [text('Store a new random secret, then restart every service:'), command(`${make} | ${store.write}`)];
}

/** Steps that replace the faulty secret of the holders; the reference's secret only if it holds the same one. */
export function replaceSecret(observations: Observations, holders: readonly string[]): Steps {
  const { reference } = observations;
  if (reference === null || holders.includes(reference)) return rotateReference(observations);
  return adopt(observations, holders);
}

/** The instruction to store a secret at the reference's source, as the beginning of a sentence. */
export function atReference(observations: Observations, what = 'the secret'): string {
  const reference = referenceOf(observations);
  const name = theReference(observations);
  const holder = holderOf(reference);
  switch (holder.is) {
    case 'pin':
      return `Store ${what} where the secret of the participants comes from, and pin its fingerprint at ${name}`;
    case 'variable':
      return `Set the variable of ${name} (${oneLine(reference?.reading?.provenance ?? reference?.target ?? holder.name)}) to ${what}`;
    case 'file':
      return `Write ${what} to ${oneLine(holder.path)}`;
    case 'command':
      return `Store ${what} where the command of ${name} reads it`;
    case 'store':
    case 'token':
    case 'service':
      return reference === undefined ? `Store ${what} where all read it` : `Store ${what} at ${name}`;
  }
}

const theReference = (observations: Observations): string => oneLine(referenceName(observations));

const listed = (names: readonly string[], most?: number): string => list(names.map(oneLine), most);

/** The commands of the reference's store, if the reference was read. */
function readableStore(observations: Observations): StoreCommands | null {
  return referenceOf(observations)?.reading ? storeCommands(observations) : null;
}

/** The right secret, in words: a pin contains no secret. */
function theSecret(observations: Observations): string {
  const reference = referenceOf(observations);
  if (holderOf(reference).is !== 'pin') return `the secret of ${theReference(observations)}`;
  const fingerprint = reference?.reading?.fingerprint ?? 'of the pin';
  return `the secret with the fingerprint ${fingerprint} (${theReference(observations)})`;
}

/** Steps that give the right secret to a participant that is no service; none for a service. */
function adoptInItsTerms(one: Observation, observations: Observations): Steps {
  const name = oneLine(one.name);
  const secret = theSecret(observations);
  const store = storeCommands(observations);
  const holder = holderOf(one);
  switch (holder.is) {
    case 'variable':
      return adoptInEnvironment(name, holder.name, observations);
    case 'file':
      return adoptInFile(holder, observations);
    case 'command':
      return [
        text(`Have the command of ${name} (${oneLine(holder.program)}) print ${secret}.`),
        ...(store === null
          ? []
          : [text('Compare without showing it:'), command(`${store.read} | jwtcheck fingerprint`)]),
      ];
    case 'store':
      return [
        text(
          `${name} is a store: find out which of the two is right. If it is ${theReference(observations)}, store its secret at ${name} as a new version, then restart every service that reads it there.`,
        ),
      ];
    case 'pin':
      return [
        text(
          `The fingerprint of ${name} is pinned in the configuration: check whether it is that of ${secret}, and correct it.`,
        ),
      ];
    case 'token':
      return [text(`Issue ${name} again with ${secret}, and replace the old token wherever it is in use.`)];
    case 'service':
      return [];
  }
}

function adoptInEnvironment(name: string, variable: string, observations: Observations): Steps {
  const store = storeCommands(observations);
  return store === null || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)
    ? [text(`Set ${variable} to ${theSecret(observations)} where ${name} runs.`)]
    : [
        text(`Take it from ${theReference(observations)} where ${name} runs:`),
        command(`export ${variable}="$(${store.read})"`),
      ];
}

/** The flags with which a command of a remedy uses the same configuration and environment. */
export const commandFlags = ({ commandFlags, environment }: Observations): string =>
  commandFlags ?? ` -e ${shellWord(environment) ?? 'ENVIRONMENT'}`;

/** How one program is run with the secret, where a participant is the environment of a program. */
export function runWithSecret(observations: Observations, names: readonly string[]): Steps {
  const inEnvironment = names.filter(
    (name) => holderOf(participant(observations, name)).is === 'variable' && name !== observations.reference,
  );
  const [name, ...more] = inEnvironment.map((one) => shellWord(one));
  const holder = holderOf(referenceOf(observations)).is;
  const isReadable = holder !== 'pin' && holder !== 'token' && holder !== 'service';
  return typeof name !== 'string' || more.length > 0 || !isReadable
    ? []
    : [
        text('Or run the program with the right secret:'),
        command(`jwtcheck exec ${name}${commandFlags(observations)} -- COMMAND`),
      ];
}

function adoptInFile(
  { path, key }: Extract<SecretHolder, { is: 'file' }>,
  observations: Observations,
): Steps {
  const store = storeCommands(observations);
  const word = shellWord(path);
  if (key !== null) {
    const entry = `Remove the old ${oneLine(key)}= from ${oneLine(path)}, then add ${theSecret(observations)}, without quotes or spaces`;
    return store === null || word === null || !/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(key)
      ? [text(`${entry}.`)]
      : [text(`${entry}:`), command(`printf '\\n${key}=%s\\n' "$(${store.read})" >> ${word}`)];
  }
  const whole = `Write ${theSecret(observations)} to ${oneLine(path)}, byte for byte`;
  return store === null || word === null
    ? [text(`${whole}: no newline, no quotes.`)]
    : [text(`${whole}:`), command(`${store.readToFile}${word}`)];
}

const itOrThem = (names: readonly string[]): string => (names.length === 1 ? 'it' : 'them');

function rollOut(names: readonly string[], observations: Observations): Steps {
  const flags = storeCommands(observations)?.cloudRunFlags ?? null;
  const onCloudRun =
    flags === null
      ? []
      : [
          text('On Cloud Run, for example, with the name of its own variable:'),
          ...names.map((name) => command(`gcloud run services update ${dnsLabel(name)} ${flags}`)),
        ];
  return [
    ...onCloudRun,
    text('On Kubernetes, once its Secret is right:'),
    ...names.map((name) => command(`kubectl rollout restart deployment/${dnsLabel(name)}`)),
  ];
}
