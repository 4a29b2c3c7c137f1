import type { CandidateCode } from '../../finding-codes.js';
import type { CandidateFingerprint } from '../../model.js';
import type { CandidateSecret } from '../../observe/candidate.js';
import { derive, fingerprintOfText, shortestFingerprint } from '../../secret/fingerprint.js';
import type { Secret } from '../../secret/secret.js';
import { standInOf, standIns } from '../../transforms/stand-ins.js';

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

/**
 * Texts that logs and tools show in place of a secret, and notes that were meant to be replaced, with and without a
 * line ending.
 */
function* standInTexts(): Generator<KnownText> {
  for (const one of standIns()) {
    yield one;
    yield { ...one, value: `${one.value}\n`, text: `${one.text}, with "\\n" appended` };
  }
}

/**
 * Makes a function that finds whether a participant reports a value that never changes, compared by the first digits.
 * They are kept as numbers: a monitor needs the same thousands in every check.
 * @param beginningsOf makes the first digits of the fingerprints of all values
 */
export function anyShown(beginningsOf: () => Iterable<string>): (shown: ReadonlySet<string>) => boolean {
  let beginnings: Uint32Array | undefined;
  return (shown) => {
    if (shown.size === 0) return false;
    const known = beginnings ?? Uint32Array.from(beginningsOf(), numberOf);
    beginnings = known;
    return [...shown].some((digits) => known.includes(numberOf(digits)));
  };
}

const numberOf = (digits: string): number => Number.parseInt(digits, 16);

/** The first digits of the fingerprints of texts. */
export function* beginningsOfTexts(texts: Iterable<KnownText>): Generator<string> {
  for (const { value } of texts) yield fingerprintOfText(value, shortestFingerprint);
}

const isStandInShown = anyShown(() => beginningsOfTexts(standInTexts()));

/** Those of these texts whose fingerprint a participant reports, compared by the first digits. */
export function standInsShown(shown: ReadonlySet<string>, length: number): CandidateFingerprint[] {
  return isStandInShown(shown) ? formsShown(standInTexts(), shown, length) : [];
}

/**
 * The secret itself, if it is one of these texts. It needs no owner: every participant that reports the same
 * fingerprint holds it.
 */
export function standInOfHeld(secret: Secret): CandidateSecret[] {
  return derive(
    secret,
    (bytes) => {
      const found = standInOf(bytes);
      return found === null ? [] : [{ bytes, code: found.code, text: found.text }];
    },
    ({ code, text }, same): CandidateSecret => ({
      code,
      of: null,
      undone: false,
      text,
      secret: same,
      facts: {},
    }),
  );
}
