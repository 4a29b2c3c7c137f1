import type { CandidateFingerprint } from '../../model.js';
import type { CandidateSecret } from '../../observe/candidate.js';
import { derive, fingerprintOfText, shortestFingerprint } from '../../secret/fingerprint.js';
import type { Secret } from '../../secret/secret.js';
import { standInOf, standIns } from '../../transforms/stand-ins.js';
import { formsShown, type KnownText } from './known-texts.js';

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

/** The first digits of the fingerprints of these texts as numbers: a monitor needs the same thousands in every check. */
let beginnings: Uint32Array | undefined;

/** Those of these texts whose fingerprint a participant reports, compared by the first digits. */
export function standInsShown(shown: ReadonlySet<string>, length: number): CandidateFingerprint[] {
  if (shown.size === 0) return [];
  beginnings ??= Uint32Array.from(standInTexts(), ({ value }) =>
    numberOf(fingerprintOfText(value, shortestFingerprint)),
  );
  const numbers = new Set([...shown].map(numberOf));
  return beginnings.some((one) => numbers.has(one)) ? formsShown(standInTexts(), shown, length) : [];
}

const numberOf = (digits: string): number => Number.parseInt(digits, 16);

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
