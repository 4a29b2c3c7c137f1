import type { Loaded } from '../config/load.js';
import { isInPart, isReached, type PartName, readsReference } from '../config/shards.js';
import { onlyEnvironment, writtenConfig } from '../config/show.js';
import { type Plan, type PlannedParticipant, withoutProbes } from '../observe/plan.js';
import { yieldsSecret } from '../observe/sources/reader.js';
import { jsonDigest } from '../schema/canonical-json.js';
import { at } from '../schema/path.js';
import { hasUnsetVariables } from '../schema/variables.js';

/**
 * The plan of one part of a check. Beside its own participants, every part reads the reference, if it reaches it, and
 * every shard what yields a secret or issues tokens in its network, without their probes: what their secrets explain, and
 * the participants that get their tokens, may be in any shard. What needs a variable that is not set is left to its own part.
 */
export function planOfShare(plan: Plan, part: PartName): Plan {
  const member = ({ name, settings: { reach } }: PlannedParticipant) => ({ name, reach });
  const observed = new Set(
    plan.participants.filter((one) => isInPart(member(one), part)).map(({ name }) => name),
  );
  const isReadAnyway = (one: PlannedParticipant): boolean =>
    one.name === plan.reference
      ? readsReference(member(one), part)
      : isReached(member(one), part) &&
        isHolder(one) &&
        !hasUnsetVariables([one.settings.source, one.settings.mint]);
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
  return mint !== undefined || yieldsSecret(source);
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
    selection: jsonDigest([
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
  return jsonDigest([
    environment,
    at(written, ['environments', environment]) ?? null,
    decisive.map((key) => at(written, [key]) ?? null),
  ]);
}
