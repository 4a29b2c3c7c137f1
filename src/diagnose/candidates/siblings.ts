import type { CandidateSecret } from '../../observe/candidate.js';
import type { ObserveContext } from '../../observe/context.js';
import type { Plan } from '../../observe/plan.js';
import { readerOf } from '../../observe/sources/reader.js';
import type { SecretReading } from '../../observe/sources/source.js';

/**
 * Other secrets that the configuration names: what other participants read, and variables of a chain that are set
 * and did not win. The reference's own is not among them, but the other names of its chain are.
 */
export function siblingCandidates(
  plan: Plan,
  held: ReadonlyMap<string, SecretReading>,
  context: ObserveContext,
): CandidateSecret[] {
  const right = plan.reference === null ? undefined : held.get(plan.reference);
  return plan.participants.flatMap(({ name: participant, settings: { source } }) => {
    const holds = held.get(participant);
    if (holds === undefined || source === undefined) return [];
    const sibling = (name: string, secret: CandidateSecret['secret'], inChain: boolean): CandidateSecret => ({
      code: 'sibling-secret',
      of: null,
      undone: false,
      text: `${name} of ${participant}`,
      secret,
      facts: { participant, name, inChain, taken: holds.provenance },
    });
    const chain = (holds.siblings ?? []).map(({ name, secret }) => sibling(name, secret, true));
    // What code fell back to is another finding. What the configuration calls the reference is no sibling of the right
    // secret, be it set aside for an expected fingerprint.
    const isReference = participant === plan.reference || participant === plan.configuredReference;
    const own = !isReference && holds.provenance !== 'fallback';
    if (!own || right?.secret.equals(holds.secret) === true) return chain;
    return [sibling(placeOf(holds, readerOf(source).target(source, context)), holds.secret, false), ...chain];
  });
}

const placeOf = ({ provenance }: SecretReading, target: string): string => provenance ?? target;
