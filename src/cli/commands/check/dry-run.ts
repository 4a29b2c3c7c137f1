import { planOf, type Selection } from '../../../check/selection.js';
import { type Loaded, loadConfig } from '../../../config/load.js';
import type { SourceSettings } from '../../../config/schema.js';
import { list } from '../../../judge/phrases.js';
import type { ExitCode } from '../../../model.js';
import { senderOf } from '../../../notify/sender.js';
import { probesOf } from '../../../observe/attempts.js';
import type { Plan, PlannedParticipant } from '../../../observe/plan.js';
import { presenterOf } from '../../../observe/probes/presenter.js';
import { emulatorVariable, endpointOf } from '../../../observe/sources/google/endpoint.js';
import type { GoogleSecret } from '../../../observe/sources/google/google-secret-manager.js';
import { readerOf, yieldsSecret } from '../../../observe/sources/reader.js';
import { needsKey } from '../../../observe/tokens/mint.js';
import { sanitize, sanitizeAndTruncate } from '../../../report/text/sanitize.js';
import type { Io } from '../../../system/io.js';

/** One target that would be contacted, read or run, and what would be sent to it. */
interface Contact {
  readonly where: string;
  readonly what: readonly string[];
}

/** Options that limit a check. */
export interface DryRunFlags extends Selection {
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
}

/** The configuration, and the variables that change what is contacted. */
type Configured = Loaded & Pick<Io, 'env'>;

/** Kinds of sources that read only local data. */
const local: ReadonlySet<string> = new Set(['env', 'file', 'pinned']);

/**
 * Prints every address that a check would contact, and what it would send. Nothing is contacted, no program runs and
 * no secret is read.
 * @param watching includes notifiers and the heartbeat
 */
export async function dryRun(flags: DryRunFlags, watching: boolean, io: Io): Promise<ExitCode> {
  const { config, environment, only, skip, part } = flags;
  const from = { cwd: io.cwd, env: io.env, config, environment, only, skip, part, watch: watching };
  const loaded = { ...(await loadConfig(from)), env: io.env };
  const plan = planOf(loaded.settings, loaded.environment, { ...flags, leftOut: loaded.leftOut });
  const lines = [
    `${sanitizeAndTruncate(plan.environment, 120)}: a check would contact the following. Nothing was sent, run or read.`,
    ...plan.participants.flatMap((participant) =>
      section(participant.name, contactsOf(participant, plan, loaded)),
    ),
    ...section('other environments', otherReferences(plan, loaded)),
    ...(watching ? section('notifiers', recipients(loaded)) : []),
  ];
  await io.stdout.write(`${lines.map(sanitize).join('\n')}\n`);
  return 0;
}

function section(title: string, contacts: readonly Contact[]): string[] {
  if (contacts.length === 0) return [];
  return [
    '',
    sanitizeAndTruncate(title, 120),
    ...contacts.flatMap(({ where, what }) => [
      `  ${sanitizeAndTruncate(where, 400)}`,
      ...what.map((line) => `      ${sanitizeAndTruncate(line, 400)}`),
    ]),
  ];
}

function contactsOf({ name, settings }: PlannedParticipant, plan: Plan, loaded: Configured): Contact[] {
  const { source, mint } = settings;
  return [
    ...(source === undefined ? [] : [withEarlier(sourceContact(source, loaded), name, plan)]),
    ...(mint === undefined
      ? []
      : [
          {
            where: `${mint.method} ${loaded.label(mint.url)}`,
            what: [
              `requests valid tokens, which are presented to the probes; headers: ${names(mint.headers)}`,
            ],
          },
        ]),
    ...probesOf({ name, settings, required: true }, loaded).map(({ probe, settings: one }) => ({
      where: `${presenterOf(one).target(one, loaded)} (probe ${probe})`,
      what: presented(one, plan),
    })),
  ];
}

/** The reference is read again for the control `retired`. */
function withEarlier(contact: Contact, name: string, { controls, reference, retiredVersion }: Plan): Contact {
  if (!controls.includes('retired') || name !== reference) return contact;
  const version =
    retiredVersion === null ? 'the newest enabled version before it' : `version ${retiredVersion}`;
  return {
    ...contact,
    what: [...contact.what, `for the control retired: lists the versions, and reads ${version}`],
  };
}

function sourceContact(source: SourceSettings, loaded: Configured): Contact {
  const target = readerOf(source).target(source, loaded);
  switch (source.kind) {
    case 'http':
      return {
        where: `${source.method} ${loaded.label(source.url)}`,
        what: [
          `requests the fingerprint, ${times(source.samples, 'time')}, with a challenge if it can be verified; headers: ${names(source.headers)}`,
        ],
      };
    case 'google-secret-manager': {
      const { origin, isPlain } = storeOf(source, loaded);
      return {
        where: `${origin}/v1/${target}`,
        what: [
          `reads version ${source.version} ${isPlain ? 'from an emulator, without credentials' : 'with Application Default Credentials, from oauth2.googleapis.com or the metadata server'}`,
          ...(source.history === 0
            ? []
            : [`only if something differs: up to ${source.history} older versions`]),
        ],
      };
    }
    case 'command':
      return { where: `program ${target}`, what: ['runs on this machine, without a shell'] };
    default:
      return local.has(source.kind)
        ? { where: `${source.kind} ${target}`, what: ['on this machine: nothing is sent'] }
        : { where: `${source.kind} ${target}`, what: ['is read'] };
  }
}

function presented(
  { samples, tokenTypes }: { samples: number; tokenTypes?: readonly string[] | undefined },
  plan: Plan,
): string[] {
  const signers = plan.participants
    .filter(({ settings: { source, mint } }) => mint !== undefined || yieldsSecret(source))
    .map((p) => p.name);
  const types = tokenTypes ?? Object.keys(plan.token.types).slice(0, 1);
  const controls = signers.length > 0 ? plan.controls : plan.controls.filter((control) => !needsKey(control));
  // As it is, and backdated.
  const more = controls.includes('retired') ? types.length * samples * 2 - 1 : 0;
  const { enabled, maxAttempts } = plan.followUp;
  return [
    signers.length === 0
      ? 'no valid token, because no participant yields the secret'
      : `up to ${times(signers.length * types.length * samples, 'valid token')}: ${list(types)}, signed by ${list(signers)} (equal secrets once)`,
    controls.length === 0
      ? 'no invalid token'
      : `${times(controls.length + more, 'invalid token')}: ${list(controls, 9)}${more > 0 ? ' (backdated, too)' : ''}`,
    ...(enabled ? [`only if a valid token is rejected: up to ${times(maxAttempts, 'variant')} of it`] : []),
  ];
}

/**
 * References of other environments: those that must differ are read immediately, the others only if something
 * differs.
 */
function otherReferences(plan: Plan, loaded: Configured): Contact[] {
  return plan.crossReferences.flatMap(({ environment, source, crossCheck }) => {
    if (source === null) return [];
    const { where, what } = sourceContact(source, loaded);
    const when = crossCheck ? 'crossCheck' : 'only if something differs';
    return [{ where, what: [`${environment} (${when}): ${what[0] ?? ''}`, ...what.slice(1)] }];
  });
}

function recipients({ settings: { watch }, label }: Loaded): Contact[] {
  return [
    ...watch.notify.map((settings) => ({
      where: `${settings.kind} ${senderOf(settings).target(settings, { label })}`,
      what: [
        `events of level ${settings.minimumLevel} and above: names, codes, messages and remedies; no secret and no token`,
      ],
    })),
    ...(watch.heartbeat === undefined
      ? []
      : [
          {
            where: originOf(watch.heartbeat.url),
            what: ['after every conclusive check: a request without content'],
          },
        ]),
  ];
}

const names = (headers: Readonly<Record<string, string>> | undefined): string =>
  headers === undefined || Object.keys(headers).length === 0 ? 'none' : list(Object.keys(headers), 9);

const times = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The origin of an address whose path is a secret. */
const originOf = (url: string): string => `${URL.canParse(url) ? new URL(url).origin : 'its URL'}/…`;

interface Store {
  readonly origin: string;
  /** Plain HTTP without credentials: an emulator. */
  readonly isPlain: boolean;
}

function storeOf(source: GoogleSecret, { env, label }: Configured): Store {
  const endpoint = endpointOf(source, env);
  // As it is written, with variables that are not expanded.
  const written = (env[emulatorVariable] ?? '') === '' ? source.endpoint : undefined;
  if (!endpoint.ok) return { origin: label(written ?? emulatorVariable), isPlain: false };
  const { host, port, plain } = endpoint.value;
  const origin = `${plain ? 'http' : 'https'}://${host}${port === 443 ? '' : `:${port}`}`;
  return { origin: written === undefined ? origin : label(written), isPlain: plain };
}
