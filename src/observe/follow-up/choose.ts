import type { Answer } from '../../judge/answers.js';
import { claimComplainedOf, speaksOfTime } from '../../judge/claims.js';
import type { Secret } from '../../secret.js';
import type { Candidate } from '../candidates/candidate.js';
import { customClaims, issuerAndAudience, lives, otherTypes, subject } from './claims.js';
import type { Experiment, Refused } from './experiment.js';
import { decodedKeys, otherAlgorithms, otherKeys } from './keys.js';
import { datedBack, datedByTheirClock, datedForward } from './times.js';

/** What is known before the first experiment. */
export interface Situation {
  readonly refused: Refused;
  /** Whether the participant shows the fingerprint of the right secret. */
  readonly showsRight: boolean;
  /** The verifier told the refused token apart from a forged one, so that the key is not what is wrong. */
  readonly apart: { readonly genuine: Answer; readonly forged: Answer } | null;
  /** Tokens of other types were accepted by the same probe: only what differs between them can be wrong. */
  readonly typesOnly: boolean;
  readonly clockOffsetMs: number | null;
  readonly candidates: readonly Candidate[];
  /** Keys whose tokens the probe was given already. */
  readonly presented: readonly Secret[];
  readonly fingerprintLength: number;
}

/** How many other keys are tried before anything else is, where nothing says which key is in use; and where something does. */
const keysFirst = { unknown: 8, known: 4 } as const;

/** All experiments that could tell something, the most telling first. */
export function experimentsFor(situation: Situation): Experiment[] {
  const { refused, candidates, fingerprintLength, apart, showsRight } = situation;
  const { key, settings, type } = refused;
  if (key === null) return otherKeys(refused, candidates, fingerprintLength, situation.presented);
  const base = { key, settings, type };
  if (situation.typesOnly) return otherTypes(base);
  if (apart !== null) return aboutContent(base, apart, situation.clockOffsetMs);

  const encodings = decodedKeys(base);
  const known = [...situation.presented, ...(showsRight ? encodings.map((e) => e.key) : [])];
  const keys = otherKeys(base, candidates, fingerprintLength, known);
  const tried = keys.map((k) => k.key);
  const unnamed = encodings.filter((e) => showsRight || !tried.some((other) => other.equals(e.key)));
  const first = keysFirst[showsRight ? 'known' : 'unknown'];
  const algorithmAndEncoding = [...otherAlgorithms(base), ...unnamed];
  return [
    ...datedByTheirClock(base, situation.clockOffsetMs),
    ...(showsRight ? algorithmAndEncoding : keys.slice(0, first)),
    ...(showsRight ? issuerAndAudience(base) : algorithmAndEncoding),
    ...(showsRight ? keys.slice(0, first) : issuerAndAudience(base)),
    ...datedBack(base),
    ...datedForward(base),
    ...customClaims(base),
    ...otherTypes(base),
    ...subject(base),
    ...lives(base),
    ...keys.slice(first),
  ];
}

/** The signature was verified: what the token says is refused, and the words of the refusal tell what to try first. */
function aboutContent(
  base: Refused & { key: Secret },
  { genuine, forged }: { genuine: Answer; forged: Answer },
  clockOffsetMs: number | null,
): Experiment[] {
  const named = claimComplainedOf(genuine, forged);
  const claims = [
    ...issuerAndAudience(base),
    ...customClaims(base),
    ...otherTypes(base),
    ...subject(base),
    ...lives(base),
  ];
  const times = [...datedByTheirClock(base, clockOffsetMs), ...datedBack(base), ...datedForward(base)];
  const isNamed = (e: Experiment): boolean =>
    e.facts.claim === named || (Array.isArray(e.facts.claims) && e.facts.claims.includes(named));
  const first = named === null ? [] : claims.filter(isNamed);
  const rest = claims.filter((e) => !first.includes(e));
  return speaksOfTime(genuine, forged) ? [...times, ...first, ...rest] : [...first, ...times, ...rest];
}
