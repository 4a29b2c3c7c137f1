import { planOf, type Selection } from '../../../check/selection.js';
import { type Loaded, loadConfig } from '../../../config/load.js';
import type { SourceSettings } from '../../../config/schema.js';
import type { NotifierConfig } from '../../../config/watch-schema.js';
import { list } from '../../../judge/phrases.js';
import type { ExitCode } from '../../../model.js';
import { notifiers } from '../../../notify/index.js';
import { probesOf } from '../../../observe/attempts.js';
import type { Plan, PlannedParticipant } from '../../../observe/plan.js';
import { presenterOf } from '../../../observe/probes/presenter.js';
import { readerOf } from '../../../observe/sources/reader.js';
import { needsKey } from '../../../observe/tokens/mint.js';
import { sanitize, sanitizeAndTruncate } from '../../../report/text/sanitize.js';
import type { Io } from '../../../system/io.js';

/** One place that would be contacted, read or run, and what would be sent there. */
interface Contact {
  readonly where: string;
  readonly what: readonly string[];
}

/** What narrows a check down, as for the check itself. */
export interface DryRunFlags extends Selection {
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
}

/** Kinds of sources that read what is on this machine. */
const local: ReadonlySet<string> = new Set(['env', 'file', 'pinned']);

/**
 * Prints every address that a check would contact, and what it would send there. Nothing is contacted, no program is run
 * and no secret is read.
 * @param watching notifiers and the heartbeat, too
 */
export async function dryRun(flags: DryRunFlags, watching: boolean, io: Io): Promise<ExitCode> {
  const { config, environment, only, skip } = flags;
  const from = { cwd: io.cwd, env: io.env, config, environment, only, skip, watch: watching };
  const loaded = await loadConfig(from);
  const plan = planOf(loaded.settings, loaded.environment, { ...flags, leftOut: loaded.leftOut });
  const lines = [
    `${sanitizeAndTruncate(plan.environment, 120)}: this is what would be contacted. Nothing was sent, run or read.`,
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

function contactsOf({ name, settings }: PlannedParticipant, plan: Plan, loaded: Loaded): Contact[] {
  const { source, mint } = settings;
  return [
    ...(source === undefined ? [] : [sourceContact(source, loaded)]),
    ...(mint === undefined
      ? []
      : [
          {
            where: `${mint.method} ${loaded.label(mint.url)}`,
            what: [
              `asks for valid tokens, which are presented to the probes; headers: ${names(mint.headers)}`,
            ],
          },
        ]),
    ...probesOf({ name, settings, required: true }, loaded).map(({ probe, settings: one }) => ({
      where: `${presenterOf(one).target(one, loaded)} (probe ${probe})`,
      what: presented(one, plan),
    })),
  ];
}

function sourceContact(source: SourceSettings, loaded: Loaded): Contact {
  const target = readerOf(source).target(source, loaded);
  switch (source.kind) {
    case 'http':
      return {
        where: `${source.method} ${loaded.label(source.url)}`,
        what: [
          `asks for the fingerprint, ${times(source.samples, 'time')}, with a challenge where it can be verified; headers: ${names(source.headers)}`,
        ],
      };
    case 'google-secret-manager':
      return {
        where: `${storeOf(source, loaded)}/v1/${target}`,
        what: [
          `reads version ${source.version}${source.endpoint === undefined ? ' with Application Default Credentials, for which oauth2.googleapis.com or the metadata server is asked' : ''}`,
          ...(source.history === 0
            ? []
            : [`only where something differs: up to ${source.history} older versions`]),
        ],
      };
    case 'command':
      return { where: `program ${target}`, what: ['is run on this machine, without a shell'] };
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
    .filter(
      ({ settings: { source, mint } }) =>
        mint !== undefined || (source !== undefined && readerOf(source).yieldsSecret(source)),
    )
    .map((p) => p.name);
  const types = tokenTypes ?? Object.keys(plan.token.types).slice(0, 1);
  const controls = signers.length > 0 ? plan.controls : plan.controls.filter((control) => !needsKey(control));
  const { enabled, maxAttempts } = plan.followUp;
  return [
    signers.length === 0
      ? 'no valid token, for no participant yields the secret'
      : `up to ${times(signers.length * types.length * samples, 'valid token')}: ${list(types)}, signed by ${list(signers)} (equal secrets once)`,
    controls.length === 0
      ? 'no invalid token'
      : `${times(controls.length, 'invalid token')}: ${list(controls, 9)}`,
    ...(enabled
      ? [`only where a valid token is rejected: up to ${times(maxAttempts, 'variant')} of it`]
      : []),
  ];
}

/** References of other environments: those that must differ at once, the others only where something differs. */
function otherReferences(plan: Plan, loaded: Loaded): Contact[] {
  return plan.crossReferences.flatMap(({ environment, source, crossCheck }) => {
    if (source === null) return [];
    const { where, what } = sourceContact(source, loaded);
    const when = crossCheck ? 'crossCheck' : 'only where something differs';
    return [{ where, what: [`${environment} (${when}): ${what[0] ?? ''}`, ...what.slice(1)] }];
  });
}

function recipients({ settings: { watch }, label: shown }: Loaded): Contact[] {
  return [
    ...watch.notify.map((settings) => ({
      where: `${settings.kind} ${targetOf(settings, shown)}`,
      what: [
        `events from ${settings.minimumLevel} on: names, codes, messages and remedies; no secret and no token`,
      ],
    })),
    ...(watch.heartbeat === undefined
      ? []
      : [
          {
            where: originOf(watch.heartbeat.url),
            what: ['after every check that came to a result: nothing but the request'],
          },
        ]),
  ];
}

const names = (headers: Readonly<Record<string, string>> | undefined): string =>
  headers === undefined || Object.keys(headers).length === 0 ? 'none' : list(Object.keys(headers), 9);

const times = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function targetOf(settings: NotifierConfig, label: (text: string) => string): string {
  const sending = { label };
  switch (settings.kind) {
    case 'slack':
      return notifiers.slack.target(settings, sending);
    case 'pagerduty':
      return notifiers.pagerduty.target(settings, sending);
    case 'alertmanager':
      return notifiers.alertmanager.target(settings, sending);
    case 'webhook':
      return notifiers.webhook.target(settings, sending);
  }
}

/** Of an address whose path is a secret. */
const originOf = (url: string): string => `${URL.canParse(url) ? new URL(url).origin : 'its URL'}/…`;

function storeOf(
  { endpoint, location }: { endpoint?: string | undefined; location?: string | undefined },
  loaded: Loaded,
): string {
  if (endpoint !== undefined) return loaded.label(endpoint);
  return location === undefined
    ? 'https://secretmanager.googleapis.com'
    : `https://secretmanager.${location}.rep.googleapis.com`;
}
