import type { CandidateSecret } from '../../observe/candidate.js';
import type { ObserveContext } from '../../observe/context.js';
import type { Plan } from '../../observe/plan.js';
import type { ReferenceRead } from '../../observe/references.js';
import type { SecretReading } from '../../observe/sources/source.js';
import { distortedOnce, distortionsOfHeld, literalCandidates } from './distorted.js';
import { environmentCandidates } from './environments.js';
import { listCandidates } from './lists.js';
import { nameCandidates } from './names.js';
import { siblingCandidates } from './siblings.js';
import { versionCandidates } from './versions.js';

/** The input from which candidates are made. */
export interface Gathering {
  readonly plan: Plan;
  readonly held: ReadonlyMap<string, SecretReading>;
  /** Participants whose secrets and names could explain the observations. */
  readonly concerned: readonly string[];
  /** Whether a participant holds the right secret, as far as is known. */
  readonly isRight: (name: string) => boolean;
  /** References of other environments. */
  readonly others: readonly ReferenceRead[];
  readonly context: ObserveContext;
}

/** Secrets that may be in use instead of the right one, the likeliest first. */
export async function candidatesFor(gathering: Gathering): Promise<CandidateSecret[]> {
  const { plan, held, concerned, isRight, others, context } = gathering;
  const holdings = concerned.flatMap((name) => {
    const holds = held.get(name);
    return holds === undefined ? [] : [{ name, holds }];
  });
  const versions = await Promise.all(
    holdings.map(({ name, holds }) => versionCandidates(name, holds, isRight(name), context)),
  );
  const holders = holdings.map(({ name, holds }) => ({ name, secret: holds.secret, isRight: isRight(name) }));
  return [
    ...versions.flat(),
    ...siblingCandidates(plan, held, context),
    ...environmentCandidates(others),
    ...distortionsOfHeld(holders),
    ...distortedOnce(versions.flat()),
    ...literalCandidates(),
    ...nameCandidates(plan, new Set(concerned), held, context),
    ...listCandidates(holders, versions.flat()),
  ];
}
