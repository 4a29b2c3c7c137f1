import type { CandidateCode } from '../../finding-codes.js';
import type { CandidateFingerprint } from '../../model.js';
import { fingerprintOfText, shortestFingerprint } from '../../secret/fingerprint.js';

/** A text that is known without any secret. */
export interface KnownText {
  /** The code of the finding that it proves. */
  readonly code: CandidateCode;
  readonly value: string;
  /** A description that follows a name. */
  readonly text: string;
}

/** The texts whose fingerprint a participant reports, compared by the first digits. */
export function formsShown(
  texts: Iterable<KnownText>,
  shown: ReadonlySet<string>,
  length: number,
): CandidateFingerprint[] {
  const found = new Map<string, CandidateFingerprint>();
  if (shown.size === 0) return [];
  for (const { code, value, text } of texts) {
    const beginning = fingerprintOfText(value, shortestFingerprint);
    if (!shown.has(beginning)) continue;
    const fingerprint = fingerprintOfText(value, length);
    if (!found.has(fingerprint))
      found.set(fingerprint, { code, of: null, undone: false, text, fingerprint, facts: {} });
  }
  return [...found.values()];
}
