import { createHash } from 'node:crypto';
import type { Loaded } from '../config/load.js';
import { onlyEnvironment, shownConfig } from '../config/show.js';
import type { JsonValue } from '../model.js';
import type { PartName, Plan, PlannedParticipant } from '../observe/plan.js';
import { readerOf } from '../observe/sources/reader.js';
import { at, isList, isObject } from '../schema/path.js';

/** Which participants one part of a check observes. */
export interface ShareSelection {
  readonly part: PartName;
  observes(participant: PlannedParticipant, configuredNames: readonly string[]): boolean;
}

/**
 * The plan of one part of a check. Beside its own participants, every part reads the reference, and all participants
 * that yield a secret or issue tokens, without their probes: what their secrets explain, and whom their tokens are
 * presented to, may be in any part.
 */
export function planOfShare(plan: Plan, { part, observes }: ShareSelection): Plan {
  const names = plan.participants.map(({ name }) => name);
  const observed = new Set(plan.participants.filter((one) => observes(one, names)).map(({ name }) => name));
  return {
    ...plan,
    participants: plan.participants.flatMap((one) => {
      if (observed.has(one.name)) return [one];
      return one.name === plan.reference || isHolder(one) ? [withoutProbes(one)] : [];
    }),
    share: { part, observed, all: plan.participants },
  };
}

/** Whether it yields a secret, or issues tokens. */
function isHolder({ settings: { source, mint } }: PlannedParticipant): boolean {
  return mint !== undefined || (source !== undefined && readerOf(source).yieldsSecret(source));
}

function withoutProbes({ settings, ...participant }: PlannedParticipant): PlannedParticipant {
  const { probes: _, ...rest } = settings;
  return { ...participant, settings: rest };
}

/** Settings of the whole file that decide what is observed and how it is judged. */
const decisive = ['token', 'fingerprint', 'crossCheck', 'knownFallbacks', 'currency'] as const;

/**
 * A digest of what is checked, the same for every part of a check. It is made from the configuration as it is safe to
 * print, with unexpanded variables, so that nothing secret can be guessed from it.
 * @param plan the plan of the whole
 */
export function configurationDigest({ tree, settings, environment }: Loaded, plan: Plan): string {
  const shown = shownConfig(onlyEnvironment(tree, environment), settings);
  const names = plan.share?.all ?? plan.participants;
  const expected = plan.participants.find(({ name }) => name === plan.reference)?.settings.source;
  const decided: JsonValue = [
    environment,
    at(shown, ['environments', environment]) ?? null,
    decisive.map((key) => at(shown, [key]) ?? null),
    names.map(({ name, required, settings: one }) => [name, required, (one.probes ?? []).length]),
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
