import type { CandidateCode } from '../../../finding-codes.js';
import type { CandidateFingerprint, Observation } from '../../../model.js';
import { literalCodes, transformCodes, type WhichBytesCode } from '../../../transforms/codes.js';
import { transforms } from '../../../transforms/index.js';

/** A form that explains a participant's fingerprint. */
export interface Explanation {
  readonly suspect: Observation;
  readonly form: CandidateFingerprint;
  /** Whose secret is the distorted one: the suspect's, or that of who is right. */
  readonly wrong: 'suspect' | 'reference';
  /** Whom the suspect differs from; `null`: all the others, or nobody in particular. */
  readonly against: string | null;
}

/** In the order in which they are claimed. */
const aboutBytes = new Map<CandidateCode, number>(
  [...literalCodes, ...transformCodes].map((code: WhichBytesCode, index) => [code, index]),
);

/** Of these the participant is rather at fault than the reference. */
const rarelyOfReference: ReadonlySet<CandidateCode> = new Set(
  transforms.filter(({ mirrored, loses }) => mirrored === true || loses === true).map(({ code }) => code),
);

/**
 * The smaller, the better: fewer steps before more, then the order of the codes, then rather the suspect's fault than the
 * reference's.
 */
export function rank({ form, wrong }: Pick<Explanation, 'form' | 'wrong'>): number {
  const count = form.facts.steps?.length ?? 0;
  const blamesReference = wrong === 'reference' ? 1 : 0;
  const unlikely = rarelyOfReference.has(form.code) ? blamesReference : 0;
  return count * 1000 + unlikely * 500 + (aboutBytes.get(form.code) ?? 0) * 2 + blamesReference;
}

/** Whether it is one of the codes about bytes. */
export function isAboutBytes(code: CandidateCode): boolean {
  return aboutBytes.has(code);
}
