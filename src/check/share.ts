import { createHash } from 'node:crypto';
import type { Loaded } from '../config/load.js';
import { isInPart, isReached, type PartName, readsReference } from '../config/shards.js';
import { onlyEnvironment, shownConfig } from '../config/show.js';
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

/**
 * A digest of what is checked, the same for every part of a check. It is made from the configuration as it is safe to
 * print, with unexpanded variables, so that nothing secret can be guessed from it. Defaults of participants are not
 * filled in: they are known only where the variables are set.
 * @param plan the plan of the whole
 */
export function configurationDigest({ tree, settings, environment }: Loaded, plan: Plan): string {
  const shown = shownConfig(onlyEnvironment(tree, environment), { ...settings, environments: {} });
  const names = plan.share?.all ?? plan.participants;
  const expected = plan.participants.find(({ name }) => name === plan.reference)?.settings.source;
  const decided: JsonValue = [
    environment,
    at(shown, ['environments', environment]) ?? null,
    decisive.map((key) => at(shown, [key]) ?? null),
    names.map(({ name, required }) => [name, required]),
    plan.fingerprintsOnly === true,
    [plan.reference, expected?.kind === 'pinned' ? expected.fingerprint : null],
    [...plan.controls, plan.retiredVersion],
    plan.followUp.enabled,
  ];
  return createHash('sha256').update(JSON.stringify(decided, sorted)).digest('hex');
}

/** Keys in one order: files with the same content in another order are the same configuration. */
function sorted(_: string, value: JsonValue): JsonValue {
  if (isList(value) || !isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
