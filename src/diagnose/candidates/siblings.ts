import type { CandidateSecret } from '../../observe/candidate.js';
import type { ObserveContext } from '../../observe/context.js';
import type { Plan } from '../../observe/plan.js';
import { readerOf } from '../../observe/sources/reader.js';
import type { SecretReading } from '../../observe/sources/source.js';

/**
 * Other secrets that the configuration names: those of other participants, and set variables of a chain that another
 * variable overrides. The reference's own secret is excluded, other names of its chain are included.
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
    // A fallback in code has its own finding. The configured reference is no sibling of the right secret, even if an
    // expected fingerprint overrides it.
    const isReference = participant === plan.reference || participant === plan.configuredReference;
    const own = !isReference && holds.provenance !== 'fallback';
    if (!own || right?.secret.equals(holds.secret) === true) return chain;
    return [sibling(placeOf(holds, readerOf(source).target(source, context)), holds.secret, false), ...chain];
  });
}

const placeOf = ({ provenance }: SecretReading, target: string): string => provenance ?? target;
