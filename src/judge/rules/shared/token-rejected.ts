import type { Attempt, FollowUpChange, FollowUpResult, Observations } from '../../../model.js';
import type { Comparison } from '../../compare.js';
import type { Answer } from '../../compare-answers.js';
import { type FollowUpOf, hasChanged } from '../../follow-ups.js';
import { distinct } from '../../phrases.js';
import { type Baseline, baselineOf, type Distinction, distinction } from '../../responses.js';

/** A participant that rejected valid tokens although its fingerprint does not differ. */
export interface Rejection {
  readonly name: string;
  readonly refused: readonly Attempt[];
  readonly accepted: readonly Attempt[];
}

/** The participants whose rejections need a cause. If the fingerprint differs, the rejection is only its consequence. */
export function rejections(observations: Observations, comparison: Comparison): Rejection[] {
  if (comparison.tokens.refused.size === 0) return [];
  const explained = new Set([...comparison.differing, ...comparison.split]);
  return observations.participants.flatMap(({ name }) => {
    const refused = comparison.tokens.refused.get(name);
    if (refused === undefined || explained.has(name)) return [];
    return [{ name, refused, accepted: comparison.tokens.accepted.get(name) ?? [] }];
  });
}

/** The answers of one probe to a valid token, to the tokens for comparison, and to variants. */
export interface Responses {
  readonly probe: string;
  readonly valid: Attempt;
  readonly refused: readonly Attempt[];
  readonly baseline: Baseline;
  readonly distinction: Distinction;
  /** Variants of the unchanged token. */
  readonly followUps: readonly FollowUpResult[];
}

/** The answers of every probe that rejected a valid token. */
export function responsesOf({ name, refused }: Rejection, observations: Observations): Responses[] {
  return distinct(refused.map((a) => a.probe)).flatMap((probe) => {
    const here = refused.filter((a) => a.probe === probe);
    const [valid] = here;
    if (valid === undefined) return [];
    const baseline = baselineOf(observations, name, probe);
    return [
      {
        probe,
        valid,
        refused: here,
        baseline,
        distinction: distinction([...here, ...baseline.again], baseline.forged),
        followUps: observations.followUps.filter(
          (t) => t.participant === name && t.probe === probe && t.keeps === undefined,
        ),
      },
    ];
  });
}

/** A rejection, and the follow-ups that prove its cause. */
export interface Proved<W extends Change> extends Rejection {
  readonly followUps: readonly [FollowUpOf<W>, ...FollowUpOf<W>[]];
}

type Change = Exclude<FollowUpChange['what'], 'nothing'>;

/** Whether a follow-up proves that its change is the cause: it was accepted, or its signature was verified. */
export const isProof = ({ result, signatureVerified, keeps }: FollowUpResult): boolean =>
  keeps === undefined && (result === 'accepted' || signatureVerified === true);

/** The rejections that one kind of follow-up explains. */
export function provedBy<W extends Change>(
  observations: Observations,
  comparison: Comparison,
  what: W,
): Proved<W>[] {
  const proofs = observations.followUps.filter(hasChanged(what)).filter(isProof);
  if (proofs.length === 0) return [];
  return rejections(observations, comparison).flatMap((refusal) => {
    const [first, ...more] = proofs.filter((t) => t.participant === refusal.name);
    return first === undefined ? [] : [{ ...refusal, followUps: [first, ...more] as const }];
  });
}

/** The answer to the forged tokens of a probe. */
export const toForged = ({ baseline }: Pick<Responses, 'baseline'>): Answer | null =>
  baseline.forged[0] ?? null;

/** The key that signed a follow-up, in words: `secret_manager version 6`, `knownFallbacks[0]`. */
export function keyOf({ form, text }: FollowUpResult): string {
  if (form === null) return text;
  return form.of === null ? form.text : `${form.of} ${form.text}`;
}
