import { isAboutBytes, rank } from '../judge/rules/shared/explanations.js';
import type { Fingerprint } from '../model.js';
import { type CandidateSecret, fingerprintOfCandidate, knownCandidates } from '../observe/candidate.js';
import type { ObserveContext } from '../observe/context.js';
import type { Plan } from '../observe/plan.js';
import { readReferences } from '../observe/references.js';
import type { SecretReading } from '../observe/sources/source.js';
import type { CompactToken } from '../observe/tokens/compact-token.js';
import { distinctSecrets } from '../observe/tokens/minters.js';
import { signerOf } from '../observe/tokens/verify.js';
import { fingerprintOf, shortestFingerprint } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';
import { candidatesFor } from './candidates/gather.js';
import { publishedSigner, wrappedPublished } from './candidates/published-candidates.js';

/** The key that signed a token: a secret as it was read, or a candidate made from known secrets. */
export type FoundSigner =
  | { readonly is: 'held'; readonly name: string; readonly version: string | null; readonly secret: Secret }
  | { readonly is: 'candidate'; readonly candidate: CandidateSecret; readonly secret: Secret };

/**
 * Finds the key that signed a token. Tries the secret of the reference, other known secrets, candidates made from
 * them, fallbacks, published secrets, references of other environments, and finally the public list.
 */
export async function findSigner(
  token: CompactToken,
  plan: Plan,
  held: ReadonlyMap<string, SecretReading>,
  context: ObserveContext,
): Promise<FoundSigner | null> {
  const exact = signerOf(
    token,
    distinctSecrets(plan, held).map(({ name, key }) => ({ name, secret: key })),
  );
  if (exact !== null) return { is: 'held', ...exact, version: held.get(exact.name)?.version ?? null };
  const others = await readReferences(plan.crossReferences, context);
  const candidates = await candidatesFor({
    plan,
    held,
    concerned: [...held.keys()],
    isRight: (name) => name === plan.reference,
    others,
    context,
  });
  const known = await knownCandidates(plan.fallbacks);
  const all = [...known, ...candidates, ...(await wrappedPublished())];
  const first = signerOf(token, all);
  const candidate = first === null ? await publishedSigner(token, context.signal) : bestOf(all, first.secret);
  return candidate === null ? null : { is: 'candidate', candidate, secret: candidate.secret };
}

/** Several candidates can have the same bytes. Selects the one that a check would report. */
function bestOf(candidates: readonly CandidateSecret[], secret: Secret): CandidateSecret | null {
  const same = candidates.filter((one) => one.secret.equals(secret));
  const order = (one: CandidateSecret): number =>
    isAboutBytes(one.code)
      ? rank({
          form: fingerprintOfCandidate(one, shortestFingerprint),
          wrong: one.undone ? 'reference' : 'suspect',
        })
      : codesBefore.includes(one.code)
        ? -1
        : Number.POSITIVE_INFINITY;
  return same.sort((a, b) => order(a) - order(b))[0] ?? null;
}

/** Codes that identify a secret, which says more than how its bytes changed. */
const codesBefore: readonly string[] = [
  'hardcoded-fallback',
  'published-default',
  'secret-name-as-value',
  'stale-secret-version',
  'ahead-of-reference',
  'wrong-environment',
];

/**
 * Whether a key is the reference's. Without a readable reference, all known secrets must be equal; otherwise the
 * result is `null`.
 */
export function isReferenceKey(
  secret: Secret,
  plan: Plan,
  held: ReadonlyMap<string, SecretReading>,
  shown: readonly Fingerprint[],
): boolean | null {
  const right = plan.reference === null ? undefined : held.get(plan.reference)?.secret;
  if (right !== undefined) return right.equals(secret);
  if (plan.reference !== null && shown.length === 0) return null;
  if (plan.reference !== null)
    return shown.every((fingerprint) => fingerprintOf(secret, fingerprint.length) === fingerprint);
  const all = distinctSecrets(plan, held);
  const [only] = all;
  return only !== undefined && all.length === 1 ? only.key.equals(secret) : null;
}
