import { claimComplainedOf, timeComplainedOf } from '../../judge/claims.js';
import type { Answer } from '../../judge/compare-answers.js';
import type { Distinction } from '../../judge/responses.js';
import { topicsOf } from '../../judge/topics.js';
import type { CandidateSecret } from '../../observe/candidate.js';
import type { Secret } from '../../secret/secret.js';
import {
  customClaims,
  eachLeftOut,
  issuerAndAudience,
  lives,
  otherHeaders,
  otherTypes,
  subject,
  withOtherSlash,
} from './claim-variants.js';
import { decodedKeys, otherAlgorithms, otherKeys } from './key-variants.js';
import { otherPlacements } from './placement.js';
import { datedBack, datedByTheirClock, datedForward } from './times.js';
import type { Base, FollowUpVariant, RejectedAttempt } from './variant.js';

/** Facts that are known before the first variant. */
export interface Situation {
  readonly rejected: RejectedAttempt;
  /** Whether the participant reports the right fingerprint. */
  readonly showsRight: boolean;
  /** How the answers to the valid token compare with those to a forged one. */
  readonly distinction: Distinction;
  /** The answer to the valid token, and the answer to a forged one. */
  readonly valid: Answer;
  readonly forged: Answer;
  /** The answer is the same with any token and without one, and says that the token is missing. */
  readonly saysAbsent: boolean;
  /** The same probe accepted tokens of other types: only the claims that differ can be wrong. */
  readonly typesOnly: boolean;
  readonly clockOffsetMs: number | null;
  readonly candidates: readonly CandidateSecret[];
  /** Keys whose tokens the probe already received. */
  readonly presented: readonly Secret[];
  readonly fingerprintLength: number;
  /** The token is in the Authorization header, so that another header can be tried. */
  readonly inHeader: boolean;
}

/** Number of other keys to try first, if the key in use is unknown and if it is known. */
const keysFirst = { unknown: 8, known: 4 } as const;

/** Number of variants that are worth their requests if the service reports a missing token. */
const fewWithoutToken = 4;

/** All variants that may reveal the cause, the most informative first. */
export function variantsFor(situation: Situation): FollowUpVariant[] {
  const { rejected, candidates, fingerprintLength, distinction, clockOffsetMs } = situation;
  const { key } = rejected;
  if (key === null) return otherKeys(rejected, candidates, fingerprintLength, situation.presented);
  const base = { ...rejected, key };
  if (situation.typesOnly) return otherTypes(base);
  if (distinction === 'verified') return aboutContent(base, situation, clockOffsetMs);
  const all = inOrderOfWords(aboutAnything(base, situation), situation);
  if (!situation.saysAbsent) return all;
  return [...(situation.inHeader ? otherPlacements(base) : []), ...all.slice(0, fewWithoutToken)];
}

function aboutAnything(base: Base, situation: Situation): FollowUpVariant[] {
  const { showsRight, candidates, fingerprintLength, clockOffsetMs } = situation;
  const encodings = decodedKeys(base);
  const known = [...situation.presented, ...(showsRight ? encodings.map((e) => e.key) : [])];
  const keys = otherKeys(base, candidates, fingerprintLength, known);
  const tried = keys.map((k) => k.key);
  const unnamed = encodings.filter((e) => showsRight || !tried.some((other) => other.equals(e.key)));
  const first = keysFirst[showsRight ? 'known' : 'unknown'];
  const algorithmAndEncoding = [...otherAlgorithms(base), ...unnamed];
  return [
    ...datedByTheirClock(base, clockOffsetMs),
    ...(showsRight ? algorithmAndEncoding : keys.slice(0, first)),
    ...(showsRight ? issuerAndAudience(base) : algorithmAndEncoding),
    ...(showsRight ? keys.slice(0, first) : issuerAndAudience(base)),
    ...datedBack(base),
    ...datedForward(base),
    ...customClaims(base),
    ...otherTypes(base),
    ...subject(base),
    ...lives(base),
    ...otherHeaders(base),
    ...keys.slice(first),
  ];
}

/** Variants that concern a topic of the answer come first. None is omitted. */
function inOrderOfWords(variants: readonly FollowUpVariant[], { valid }: Situation): FollowUpVariant[] {
  const { header, algorithm, time, signature, claims } = topicsOf(valid);
  const varied: readonly FollowUpVariant['changed']['what'][] = [
    ...(header.length > 0 ? (['header'] as const) : []),
    ...(algorithm ? (['algorithm'] as const) : []),
    ...(time !== null ? (['issued-at'] as const) : []),
    ...(signature ? (['key', 'key-encoding', 'algorithm'] as const) : []),
  ];
  const isFirst = (e: FollowUpVariant): boolean =>
    varied.includes(e.changed.what) || claims.some((claim) => concerns(e, claim));
  return [...variants.filter(isFirst), ...variants.filter((e) => !isFirst(e))];
}

const concerns = ({ changed }: FollowUpVariant, claim: string): boolean =>
  changed.what === 'claim' && (changed.claim === claim || changed.claims?.includes(claim) === true);

/**
 * Variants for a token whose signature was verified. Its content is rejected, and the answer suggests what to try
 * first.
 */
export function aboutContent(
  base: Base,
  { valid, forged }: Pick<Situation, 'valid' | 'forged'>,
  clockOffsetMs: number | null,
): FollowUpVariant[] {
  const named = claimComplainedOf(valid, forged);
  const claims = [...withOtherSlash(base), ...eachLeftOut(base), ...otherTypes(base)];
  const times = [...datedByTheirClock(base, clockOffsetMs), ...datedBack(base), ...datedForward(base)];
  const first = named === null ? [] : claims.filter((e) => concerns(e, named));
  const rest = claims.filter((e) => !first.includes(e));
  const time = timeComplainedOf(valid, forged) !== null;
  const headers = named === null && !time ? otherHeaders(base) : [];
  const saysHeader = topicsOf(valid).header.length > 0;
  return [
    ...(saysHeader ? headers : []),
    ...(time ? [...times, ...first] : [...first, ...times]),
    ...rest,
    ...lives(base),
    ...(saysHeader ? [] : headers),
  ];
}
