import type { Attempt, Fingerprint, Observation, Observations, ObservedRotation } from '../../model.js';
import {
  type KeyUse,
  lifeMsOf,
  type PresentedToken,
  type RotationParticipant,
  type SignedToken,
} from '../../rotation/key-use.js';
import { sameFingerprint } from '../../secret/fingerprint.js';
import { mayBeRejection } from '../inconclusive-answers.js';
import { isOnlyMint } from '../participants.js';
import { baselineOf } from '../responses.js';

/** What one check shows of who uses which of the two keys, as a rotation asks for it. */
export function keyUseOf(observations: Observations, rotation: ObservedRotation): KeyUse {
  const { startedAt, durationMs, participants, attempts, mintedTokens = [], reference } = observations;
  const at = startedAt.getTime();
  const versionOf = (fingerprint: Fingerprint | null): number | null =>
    fingerprint === null
      ? null
      : (rotation.keys.find((key) => sameFingerprint(key.fingerprint, fingerprint))?.version ?? null);
  const others = participants.filter(({ name }) => name !== reference);
  // A configured token and a proof of possession are not signed by the participant.
  const minted = mintedTokens.filter(({ isFresh, accepts }) => isFresh !== false && accepts === undefined);
  const issuers = new Set([
    ...others.filter(({ role }) => role === 'issuer').map(({ name }) => name),
    ...minted.map(({ participant }) => participant),
  ]);
  const shown = others.flatMap((participant) =>
    participant.reading === null || isOnlyMint(participant)
      ? []
      : participant.reading.instances.map(({ instance, fingerprint }) => ({
          participant: participant.name,
          instance,
          key: versionOf(fingerprint),
        })),
  );
  const proved = mintedTokens.flatMap(({ participant, signer, accepts }) =>
    accepts === undefined || accepts.length === 0
      ? []
      : [{ participant, accepts: [signer, ...accepts].flatMap((key) => versionOf(key) ?? []) }],
  );
  return {
    startedAt: at,
    endedAt: at + durationMs,
    verdict: 'inconclusive',
    participants: others.map((one) => participantOf(one, issuers)),
    presented: attempts.flatMap((attempt) =>
      presentedOf(asRejection(attempt, observations), rotation, versionOf),
    ),
    signed: [
      ...minted.map(
        ({ participant, signer, instance = null, issuedAt, expiresAt }): SignedToken => ({
          participant,
          instance,
          tokenType: null,
          key: versionOf(signer),
          lifeMs: lifeMsOf(issuedAt, expiresAt),
          proof: 'token',
        }),
      ),
      ...shown
        .filter(({ participant }) => issuers.has(participant))
        .map((one): SignedToken => ({ ...one, tokenType: null, lifeMs: null, proof: 'fingerprint' })),
    ],
    stated: [...rotation.stated, ...proved].map((one) => ({ ...one, instance: null })),
    shown: shown.filter(({ participant }) => !issuers.has(participant)),
    unread: rotation.unread.map(({ version }) => version),
  };
}

/** Whether something that can verify tokens answers for it, and no store of secrets. */
const isService = (participant: Observation): boolean =>
  participant.source !== null && !isOnlyMint(participant) && participant.holder === undefined;

function participantOf(participant: Observation, issuers: ReadonlySet<string>): RotationParticipant {
  const { name, role, probes } = participant;
  return {
    name,
    isIssuer: issuers.has(name),
    isVerifier: probes.length > 0 || role === 'verifier' || (role === 'other' && isService(participant)),
    probes: probes.map((probe) => probe.name),
    canMint: false,
    binding: null,
  };
}

/**
 * A token of one key that gets the same unclear answer as a forged one, such as an internal error, counts as rejected if the
 * probe accepts the other key.
 */
export function asRejection(attempt: Attempt, observations: Observations): Attempt {
  const { participant, probe, token, result } = attempt;
  if (token !== 'genuine' || result !== 'inconclusive') return attempt;
  const isSame = (one: Attempt): boolean => one.participant === participant && one.probe === probe;
  const baseline = baselineOf(observations, participant, probe);
  const isRejection =
    baseline.forged.length > 0 &&
    observations.attempts.some(
      (one) => isSame(one) && one.token === 'genuine' && one.result === 'accepted',
    ) &&
    mayBeRejection(attempt, baseline);
  return isRejection ? { ...attempt, result: 'rejected' } : attempt;
}

function presentedOf(
  { participant, probe, token, tokenType, version, minted, backdated = false, result }: Attempt,
  { reference }: ObservedRotation,
  versionOf: (fingerprint: Fingerprint | null) => number | null,
): PresentedToken[] {
  if (token !== 'genuine' && token !== 'forged' && token !== 'retired') return [];
  const key =
    token === 'forged'
      ? token
      : minted !== undefined
        ? versionOf(minted.signer)
        : version === undefined
          ? null
          : Number(version);
  if (key === null || (reference === null && key !== 'forged')) return [];
  return [{ participant, probe, instance: null, tokenType, key, isBackdated: backdated, outcome: result }];
}
