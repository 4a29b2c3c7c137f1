import { randomBytes } from 'node:crypto';
import type { ReadError, Reading, ShownProof, UnverifiedProof } from '../model.js';
import { fullFingerprintOf, sameFingerprint } from '../secret/fingerprint.js';
import { digestOfProof, proves, provesDigest } from '../secret/proof.js';
import { isServiceName } from '../secret/proof-protocol.js';
import type { Secret } from '../secret/secret.js';
import type { ObserveContext } from './context.js';
import type { Plan, PlannedParticipant } from './plan.js';
import { readerOf, yieldsSecret } from './sources/reader.js';
import type { FingerprintAnswer, SourceResult } from './sources/source.js';
import { ProofOfKey } from './tokens/proof-of-key.js';

/**
 * A context in which sources send challenges, if the reference's secret will be available to verify the proofs: here or,
 * for one part of a check, where the reference is read.
 */
export function withChallenges(plan: Plan, context: ObserveContext): ObserveContext {
  return canVerify(plan) ? { ...context, nonce: nonces() } : context;
}

/** Bytes of one challenge: enough for unique values. */
const nonceBytes = 24;

/** Draws challenges from a buffer: for a thousand services, single draws of random bytes are slow. */
function nonces(): () => string {
  let stock = Buffer.alloc(0);
  return () => {
    if (stock.length === 0) stock = randomBytes(128 * nonceBytes);
    const nonce = stock.toString('base64url', 0, nonceBytes);
    stock = stock.subarray(nonceBytes);
    return nonce;
  };
}

function canVerify(plan: Plan): boolean {
  const all = plan.share?.all ?? plan.participants;
  const source = all.find((p) => p.name === plan.reference)?.settings.source;
  return yieldsSecret(source);
}

/**
 * Results of the challenges, after the reference was read.
 * @param right the reference's secret; `null` if it is not available
 * @param others keys that may be in use as well: an answer that shows the fingerprint of one proves that one
 */
export function proofsOf(
  { name, settings }: PlannedParticipant,
  result: SourceResult,
  right: Secret | null,
  others: readonly Secret[] = [],
): readonly ShownProof[] {
  if (result.is !== 'fingerprint' || right === null) return [];
  const expected = expectedName(name, settings);
  return (result.answers ?? []).map((answer) => ({
    instance: answer.instance,
    fingerprint: answer.fingerprint,
    ...outcomeOf(
      answer,
      expected,
      others.find((key) => sameFingerprint(fullFingerprintOf(key), answer.fingerprint)) ?? right,
    ),
  }));
}

/** The proofs beside fingerprints, to be verified with other keys than the reference's. */
export function shownProofs({ name, settings }: PlannedParticipant, result: SourceResult): ProofOfKey[] {
  if (result.is !== 'fingerprint') return [];
  const service = expectedName(name, settings);
  return (result.answers ?? []).flatMap(({ nonce, proof, instance }) =>
    proof === null ? [] : [new ProofOfKey(service, { nonce, proof, proofs: [], instance })],
  );
}

/**
 * The answers to challenges, for a place where the reference's secret can be read. Without that secret, nothing is
 * verified here.
 */
export function unverifiedProofs({ name }: PlannedParticipant, result: SourceResult): UnverifiedProof[] {
  if (result.is === 'fingerprint')
    return (result.answers ?? []).map(({ instance, fingerprint, nonce, proof, service }) => ({
      ...{ participant: name, instance, fingerprint, nonce, service, proofs: [] },
      proof: proof === null ? null : digestOfProof(proof),
    }));
  if (result.is !== 'tokens') return [];
  return result.tokens.flatMap((token) => {
    if (!(token instanceof ProofOfKey)) return [];
    const { instance, nonce, proof, proofs } = token.answer;
    return [
      {
        ...{ participant: name, instance, fingerprint: null, nonce, service: null },
        ...{ proof: digestOfProof(proof), proofs: proofs.map(digestOfProof) },
      },
    ];
  });
}

/** Whether its fingerprint counts only together with a proof. */
export const requiresProof = ({ source }: PlannedParticipant['settings']): boolean =>
  source !== undefined && readerOf(source).proof?.(source).isRequired === true;

/** The service name that proofs must be made for. */
export function expectedName(name: string, { source }: PlannedParticipant['settings']): string {
  return (source === undefined ? undefined : readerOf(source).proof?.(source).service) ?? name;
}

/** The same for a proof that another part of the check received. */
export function outcomeOfUnverified(
  { nonce, proof, service }: UnverifiedProof,
  expected: string,
  right: Secret,
): Pick<ShownProof, 'outcome' | 'inNameOf'> {
  return outcomeOf({ nonce, proof, service }, expected, right, provesDigest);
}

/** A valid proof for another name may come from the service of that name: it proves nothing about this one. */
function outcomeOf(
  { nonce, proof, service }: Pick<FingerprintAnswer, 'nonce' | 'proof' | 'service'>,
  expected: string,
  right: Secret,
  isProof: typeof proves = proves,
): Pick<ShownProof, 'outcome' | 'inNameOf'> {
  if (proof === null) return { outcome: 'absent', inNameOf: null };
  if (isProof(right, expected, nonce, proof)) return { outcome: 'verified', inNameOf: null };
  const another = service !== null && service !== expected && isServiceName(service);
  return another && isProof(right, service, nonce, proof)
    ? { outcome: 'absent', inNameOf: service }
    : { outcome: 'failed', inNameOf: null };
}

/** The error of a missing proof; `null` if it is present or not required. */
export function missingProof(
  plan: Plan,
  { name, settings }: PlannedParticipant,
  reading: Reading | null,
  right: Secret | null,
  context: Pick<ObserveContext, 'label'>,
): ReadError | null {
  if (!requiresProof(settings) || reading === null) return null;
  const error = (message: string, hint: string): ReadError => ({ code: 'no-proof', message, hint });
  if (!canVerify(plan)) {
    return error(
      'a proof is required, and no secret is available to verify it',
      'Only a reference whose source yields the secret itself can verify proofs. Name such a reference, or remove `require`.',
    );
  }
  // In this case the reference has to be fixed.
  if (right === null) return null;
  const { proofs = [] } = reading;
  if (proofs.length === 0) {
    return error(
      'a proof is required, and no challenge could be sent: `url` has its own `challenge`',
      'Remove `challenge` from the query of `url`.',
    );
  }
  const absent = proofs.find(({ outcome }) => outcome === 'absent');
  if (absent === undefined) return null;
  if (absent.inNameOf !== null) {
    return error(
      `the proof is made for ${absent.inNameOf} instead of ${context.label(expectedName(name, settings))}`,
      nameHint,
    );
  }
  return error(
    'a proof is required, and the answer contains none',
    'Let the endpoint answer challenges (docs/endpoint.md), or remove `require`.',
  );
}

const nameHint =
  'Check that `url` leads to the right service. If it does, set `service` of the source to the name that its endpoint reports.';
