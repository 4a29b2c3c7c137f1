import type { Algorithm, Attempt, Observations } from '../../../model.js';
import { changedMeanwhile, isDueToChange } from '../../changed-meanwhile.js';
import type { Comparison } from '../../compare.js';
import { sameAnswer } from '../../compare-answers.js';
import { acceptedInstead } from '../../keys-in-use.js';
import { saysLockedOut } from '../../lock-out.js';
import { describeAttempt, distinct } from '../../phrases.js';
import { mentionsSignature } from '../../topics.js';
import { bytesOf, shortestKey } from './rejected-for-weakness.js';
import { isProof, keyOf, type Rejection, type Responses, responsesOf, toForged } from './token-rejected.js';

/** The known facts of a rejection; each member exists only if it holds. */
export type RejectionFacts = {
  readonly probes: readonly string[];
  readonly minters: readonly string[];
  readonly answers: readonly string[];
  /** Only these types of token are rejected, and those are accepted. */
  readonly refusedTypes?: readonly string[];
  readonly acceptedTypes?: readonly string[];
  /** Tokens of these signers are accepted. */
  readonly acceptedMinters?: readonly string[];
  /** Signers whose tokens are accepted and have another issuer or audience than the configuration. */
  readonly otherClaims?: readonly string[];
  /** It rejects a token that it signed itself. */
  readonly ownToken?: true;
  /** Other keys whose tokens it accepts. */
  readonly accepts?: readonly string[];
  /** The number of verifiers that answer. */
  readonly layers?: 'one or two' | 'two' | 'probably two';
  /** The answer to a forged token. */
  readonly toForged?: string;
  readonly signatureVerified?: true;
  readonly changedMeanwhile?: true;
  readonly lockedOut?: true;
  readonly bytes?: number;
  readonly algorithm?: Algorithm;
  readonly leastBytes?: number;
  readonly forbidsAll?: true;
  /** The number of variants that were tried and rejected. */
  readonly tried?: number;
  readonly ruledOut?: readonly string[];
};

/** All known facts about a rejection that no more specific rule explains. */
export function factsOf(
  refusal: Rejection,
  observations: Observations,
  comparison: Comparison,
): RejectionFacts {
  const { name, refused } = refusal;
  const asked = observations.followUps.filter((t) => t.participant === name);
  const tried = asked.filter((t) => t.changed.what !== 'nothing');
  const instead = [
    ...tried.filter((t) => t.changed.what === 'key' && isProof(t)).map(keyOf),
    ...acceptedInstead(comparison, name).flatMap((a) => a.minter ?? []),
  ];
  const answers = responsesOf(refusal, observations);
  const some = (distinction: Responses['distinction']): Responses | undefined =>
    answers.find((one) => one.distinction === distinction);
  const layers = some('layers') ?? some('signature');
  // The valid token was rejected earlier, with another answer: its rejection stands, and no more is known.
  const lockedOut = refused.every(saysLockedOut);
  const changed =
    (!lockedOut && asked.some(saysLockedOut)) ||
    (!lockedOut && answers.some((one) => one.distinction === 'unknown' && one.baseline.forged.length > 1));
  const changes = answers.flatMap(({ probe }) => changedMeanwhile(observations, name, probe) ?? []);
  const rejected = tried.filter(
    (t) =>
      t.result === 'rejected' &&
      t.signatureVerified !== true &&
      !changes.some((change) => isDueToChange(t, change)),
  );
  // With two layers, the first one answers for other keys; after a change during the check, no variant is ruled out.
  const ruledOut = layers !== undefined || changed ? [] : distinct(rejected.map((t) => t.text));
  return {
    probes: distinct(refused.map((a) => a.probe)),
    minters: distinct(refused.flatMap((a) => a.minter ?? [])),
    answers: distinct(refused.map(describeAttempt)),
    ...onlySome(refusal),
    ...otherClaims(refusal),
    ...(refused.some((a) => a.minter === name && a.minted !== undefined) ? { ownToken: true } : {}),
    ...(instead.length > 0 ? { accepts: distinct(instead) } : {}),
    ...(layers === undefined
      ? {}
      : {
          layers: layersOf(layers),
          toForged: toForged(layers)?.detail ?? '',
        }),
    ...(some('verified') === undefined ? {} : { signatureVerified: true }),
    ...(changed ? { changedMeanwhile: true } : {}),
    ...(lockedOut ? { lockedOut: true } : {}),
    ...shortSecret(refusal, answers, observations),
    ...(answers.length > 0 && answers.every(forbidsAll) ? { forbidsAll: true } : {}),
    ...(rejected.length > 0 ? { tried: rejected.length } : {}),
    ...(ruledOut.length > 0 ? { ruledOut } : {}),
  };
}

/**
 * Whether a valid token, a forged one and no token all get 403: a 401 would be about the token, but a 403 may have any
 * reason.
 */
function forbidsAll({ valid, baseline: { forged, missing } }: Responses): boolean {
  return (
    valid.status === 403 &&
    forged.length > 0 &&
    missing.length > 0 &&
    [...forged, ...missing].every((other) => sameAnswer(valid, other))
  );
}

/** The known number of verifiers that answered: one program may answer in several forms. */
function layersOf({ distinction, valid, ...answers }: Responses): NonNullable<RejectionFacts['layers']> {
  if (distinction !== 'layers') return 'probably two';
  const layers = [valid, toForged(answers)].map((answer) => answer?.said?.layer ?? null);
  // A handshake and the socket that it opens are one program's.
  return layers[0] === layers[1] || layers.includes('websocket') ? 'one or two' : 'two';
}

/** The length of the secret, if it is shorter than the hash and all tokens get the same answer. */
function shortSecret(
  refusal: Rejection,
  answers: readonly Responses[],
  observations: Observations,
): Pick<RejectionFacts, 'bytes' | 'algorithm' | 'leastBytes'> {
  const { algorithm } = observations;
  const bytes = bytesOf(refusal, observations);
  const leastBytes = shortestKey[algorithm];
  const isAlike = answers.every(
    ({ distinction, valid }) => distinction === 'same' && !mentionsSignature(valid),
  );
  return bytes !== null && bytes < leastBytes && isAlike ? { bytes, algorithm, leastBytes } : {};
}

/**
 * Minters whose tokens were accepted by probes that rejected jwtcheck's, with another issuer or audience than
 * configured.
 */
function otherClaims({ refused, accepted }: Rejection): Pick<RejectionFacts, 'otherClaims'> {
  const probes = new Set(refused.map((a) => a.probe));
  const isOther = (a: Attempt): boolean =>
    [a.minted?.issuer, a.minted?.audience].some((claim) => claim === 'different' || claim === 'absent');
  const minters = accepted.filter((a) => probes.has(a.probe) && isOther(a)).flatMap((a) => a.minter ?? []);
  return minters.length === 0 ? {} : { otherClaims: distinct(minters) };
}

/** The types of token or the signers that are rejected, if only some are. */
function onlySome({ refused, accepted }: Rejection) {
  const probes = new Set(refused.map((a) => a.probe));
  const taken = accepted.filter((a) => probes.has(a.probe));
  const types = distinct(refused.flatMap((a) => a.tokenType ?? []));
  const minters = distinct(refused.flatMap((a) => a.minter ?? []));
  const otherTypes = distinct(taken.flatMap((a) => a.tokenType ?? [])).filter(
    (type) => !types.includes(type),
  );
  const otherMinters = distinct(taken.flatMap((a) => a.minter ?? [])).filter(
    (name) => !minters.includes(name),
  );
  return {
    ...(otherTypes.length > 0 ? { refusedTypes: types, acceptedTypes: otherTypes } : {}),
    ...(otherMinters.length > 0 ? { acceptedMinters: otherMinters } : {}),
  };
}
