import { createHash } from 'node:crypto';
import type { Loaded } from '../config/load.js';
import { isInPart, isReached, type PartName, readsReference } from '../config/shards.js';
import { onlyEnvironment, writtenConfig } from '../config/show.js';
import type { JsonValue } from '../model.js';
import type { Plan, PlannedParticipant } from '../observe/plan.js';
import { readerOf } from '../observe/sources/reader.js';
import { at, isList, isObject } from '../schema/path.js';
import { hasVariables } from '../schema/variables.js';

/**
 * The plan of one part of a check. Beside its own participants, every part reads the reference, if it reaches it, and
 * every shard what yields a secret or issues tokens in its network, without their probes: what their secrets explain, and
 * whom their tokens are presented to, may be in any shard. What needs a variable that is not set is left to its own part.
 */
export function planOfShare(plan: Plan, part: PartName): Plan {
  const member = ({ name, settings: { reach } }: PlannedParticipant) => ({ name, reach });
  const observed = new Set(
    plan.participants.filter((one) => isInPart(member(one), part)).map(({ name }) => name),
  );
  const isReadAnyway = (one: PlannedParticipant): boolean =>
    one.name === plan.reference
      ? readsReference(member(one), part)
      : isReached(member(one), part) && isHolder(one) && !hasUnsetVariables(one);
  return {
    ...plan,
    participants: plan.participants.flatMap((one) => {
      if (observed.has(one.name)) return [one];
      return isReadAnyway(one) ? [withoutProbes(one)] : [];
    }),
    share: { part, observed, all: plan.participants },
  };
}

/** Whether it yields a secret, or issues tokens. */
function isHolder({ settings: { source, mint } }: PlannedParticipant): boolean {
  return mint !== undefined || (source !== undefined && readerOf(source).yieldsSecret(source));
}

const hasUnsetVariables = ({ settings: { source, mint } }: PlannedParticipant): boolean =>
  hasVariables(JSON.stringify([source, mint]));

function withoutProbes({ settings, ...participant }: PlannedParticipant): PlannedParticipant {
  const { probes: _, ...rest } = settings;
  return { ...participant, settings: rest };
}

/** Settings of the whole file that decide what is observed and how it is judged. */
const decisive = ['token', 'fingerprint', 'crossCheck', 'knownFallbacks', 'currency'] as const;

/** Digests of what is checked, the same for every part of a check. */
export interface PlanDigests {
  readonly configuration: string;
  /** Of the flags, as far as they decide what is observed. */
  readonly selection: string;
}

/** Digests of a configuration and a plan. */
export function digestsOf(loaded: Loaded, plan: Plan): PlanDigests {
  const { share, participants, reference, configuredReference } = plan;
  const all = share?.all ?? participants;
  const source = all.find(({ name }) => name === reference)?.settings.source;
  const expected = reference !== configuredReference && source?.kind === 'pinned' ? source.fingerprint : null;
  return {
    configuration: configurationDigest(loaded),
    selection: digestOf([
      all.map(({ name, required }) => [name, required]),
      plan.fingerprintsOnly === true,
      [reference, expected],
      [...plan.controls, plan.retiredVersion],
      plan.followUp.enabled,
    ]),
  };
}

/**
 * A digest of the configuration of one environment. It is made from the text that is safe to print, with unexpanded
 * variables, so that nothing secret can be guessed from it. Defaults are not filled in: those of participants are known
 * only where the variables are set.
 */
export function configurationDigest({ tree, environment }: Pick<Loaded, 'tree' | 'environment'>): string {
  const written = writtenConfig(onlyEnvironment(tree, environment));
  return digestOf([
    environment,
    at(written, ['environments', environment]) ?? null,
    decisive.map((key) => at(written, [key]) ?? null),
  ]);
}

const digestOf = (value: JsonValue): string =>
  createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex');

/** Keys in one order: files with the same content in another order are the same configuration. */
function sorted(_: string, value: JsonValue): JsonValue {
  if (isList(value) || !isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
