import { setMaxListeners } from 'node:events';
import { planOf } from '../../../check/selection.js';
import { loadConfig } from '../../../config/load.js';
import { type Read, readConfig } from '../../../config/read-config.js';
import type { TokenSettings } from '../../../config/schema.js';
import type { Fingerprint, JsonValue } from '../../../model.js';
import type { ObserveContext } from '../../../observe/context.js';
import { openNetwork } from '../../../observe/network/open.js';
import type { Plan, PlannedParticipant } from '../../../observe/plan.js';
import { readerOf } from '../../../observe/sources/reader.js';
import type { SecretReading } from '../../../observe/sources/source.js';
import { at, entriesOf, isObject } from '../../../schema/path.js';
import type { Secret } from '../../../secret/secret.js';
import type { Io } from '../../../system/io.js';

/** Flags that select secrets to compare a token with. */
export interface KnownFlags {
  readonly config?: string | undefined;
  readonly environment?: string | undefined;
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
}

/** A secret that could not be read. */
interface Unread {
  readonly participant: string;
  readonly message: string;
  /** Whether the message may quote a program. */
  readonly isQuoting: boolean;
}

/** The secrets to compare a token with. */
export interface Known {
  readonly plan: Plan;
  readonly held: ReadonlyMap<string, SecretReading>;
  readonly context: ObserveContext;
  /** `null` without a configuration. */
  readonly token: TokenSettings | null;
  readonly environment: string | null;
  /** Name of the configured reference. */
  readonly reference: string | null;
  /** Fingerprints of a pinned reference. */
  readonly shown: readonly Fingerprint[];
  readonly unread: readonly Unread[];
  readonly notAsked: readonly string[];
  /** Values that must not be printed. */
  readonly secrets: readonly Secret[];
  close(): Promise<void>;
}

/** Name of a secret from a flag. */
export const givenName = 'the given secret';

/** Sources that need a service, or that yield no secret: they are not needed to identify a key. */
const elsewhere: ReadonlySet<JsonValue | undefined> = new Set(['http', 'token', undefined]);

/** Reads all secrets that the configuration refers to. No service is asked. */
export async function knownFrom(flags: KnownFlags, given: Secret | null, io: Io): Promise<Known> {
  const { cwd, env } = io;
  const read = await readConfig({ cwd, env, config: flags.config });
  const loaded = await loadConfig({ cwd, env, environment: flags.environment }, withSecretsOnly(read));
  const { settings, environment, folder, label } = loaded;
  const written = at(read.tree, ['environments', environment]);
  const names = entriesOf(at(written, ['participants'])).map(([name]) => name);
  const plan = planOf(settings, environment, { only: flags.only, skip: flags.skip, probes: false });
  const persistent = openNetwork({ env, folder, label });
  const signal = AbortSignal.any([io.signal, AbortSignal.timeout(settings.deadline)]);
  // All reads listen to this signal: the number of listeners is no leak.
  setMaxListeners(0, signal);
  const context: ObserveContext = {
    env,
    now: io.now,
    network: persistent.forCheck(signal),
    folder,
    signal,
    timeoutMs: settings.timeout,
    fingerprintLength: settings.fingerprint.length,
    label,
  };
  const held = new Map<string, SecretReading>();
  const unread: Unread[] = [];
  const shown: Fingerprint[] = [];
  await Promise.all(
    plan.participants.map(async ({ name, settings: { source } }) => {
      if (source === undefined) return;
      const reader = readerOf(source);
      const result = await reader.read(source, context);
      if (result.is === 'secret') held.set(name, result);
      if (result.is === 'error') {
        const isQuoting = reader.runsProgram === true;
        unread.push({ participant: name, message: result.error.message, isQuoting });
      }
      if (result.is === 'fingerprint' && name === plan.reference)
        shown.push(...result.instances.map(({ fingerprint }) => fingerprint));
    }),
  );
  const reference = at(written, ['reference']);
  return {
    ...withGiven(plan, inOrder(plan, held), given),
    context,
    token: settings.token,
    environment,
    reference: typeof reference === 'string' && names.includes(reference) ? reference : null,
    shown,
    unread,
    notAsked: plan.participants.flatMap(({ name, settings: { source } }) =>
      source === undefined ? [name] : [],
    ),
    secrets: loaded.secrets,
    close: () => persistent.close(),
  };
}

const inOrder = (
  { participants }: Plan,
  held: ReadonlyMap<string, SecretReading>,
): Map<string, SecretReading> =>
  new Map(
    participants.flatMap(({ name }): [string, SecretReading][] => {
      const holds = held.get(name);
      return holds === undefined ? [] : [[name, holds]];
    }),
  );

/** Adds the secret of a flag. Without another reference it is the right one. */
function withGiven(
  plan: Plan,
  held: ReadonlyMap<string, SecretReading>,
  given: Secret | null,
): Pick<Known, 'plan' | 'held'> {
  if (given === null) return { plan, held };
  const participant: PlannedParticipant = { name: givenName, settings: { optional: false }, required: false };
  const holds: SecretReading = { is: 'secret', secret: given, version: null, provenance: null };
  return {
    plan: { ...plan, participants: [...plan.participants, participant] },
    held: new Map([...held, [givenName, holds]]),
  };
}

/** Without a configuration: the secret of a flag, which is then the right one, and published ones. */
export function knownWithout(given: Secret | null, io: Io): Known {
  const { env, cwd: folder, now, signal } = io;
  const persistent = openNetwork({ env, folder });
  const plan: Plan = {
    environment: '',
    reference: given === null ? null : givenName,
    configuredReference: null,
    participants: [],
    token: { algorithm: 'HS256', subject: '', ttl: 60_000, header: {}, claims: {}, types: { access: {} } },
    controls: [],
    retiredVersion: null,
    currency: 'USD',
    fallbacks: [],
    crossReferences: [],
    concurrency: 1,
    followUp: { enabled: false, maxAttempts: 0 },
  };
  const context: ObserveContext = {
    ...{ env, now, folder, signal, timeoutMs: 5000, fingerprintLength: 8 },
    network: persistent.forCheck(signal),
    label: (text) => text,
  };
  return {
    ...withGiven(plan, new Map(), given),
    ...{ context, token: null, environment: null, shown: [], unread: [], notAsked: [], secrets: [] },
    reference: given === null ? null : givenName,
    close: () => persistent.close(),
  };
}

/** The configuration reduced to the sources of secrets, so that other variables need not be set. */
function withSecretsOnly(read: Read): Read {
  if (!isObject(read.tree)) return read;
  const { watch: _, ...rest } = read.tree;
  const environments = entriesOf(at(read.tree, ['environments'])).map(([name, body]): [string, JsonValue] => [
    name,
    environmentOf(body),
  ]);
  return { ...read, tree: { ...rest, environments: Object.fromEntries(environments) } };
}

function environmentOf(body: JsonValue): JsonValue {
  if (!isObject(body)) return body;
  const participants = entriesOf(at(body, ['participants'])).map(([name, participant]) => {
    const source = at(participant, ['source']);
    const isAtHand =
      source !== undefined &&
      !elsewhere.has(at(source, ['kind'])) &&
      at(source, ['output']) !== 'fingerprint';
    return [name, isAtHand ? { source } : notAtHand] as const;
  });
  const { reference, ...rest } = body;
  const isThere = participants.some(([name, { source }]) => name === reference && source !== undefined);
  return {
    ...rest,
    ...(isThere && reference !== undefined ? { reference } : {}),
    participants: Object.fromEntries(participants),
  };
}

/** Replaces a participant that is not read: it keeps its name, and its mint endpoint is never called. */
const notAtHand: { readonly source?: JsonValue; readonly mint: JsonValue } = {
  mint: { url: 'https://not-asked.invalid' },
};
