import type { CandidateSecret } from '../../observe/candidate.js';
import { derive } from '../../secret/fingerprint.js';
import type { Secret } from '../../secret/secret.js';
import { standInOf, standIns } from '../../transforms/stand-ins.js';
import type { KnownText } from './known-texts.js';

/**
 * Texts that logs and tools show in place of a secret, and notes that were meant to be replaced, with and without a
 * line ending.
 */
export function* standInTexts(): Generator<KnownText> {
  for (const one of standIns()) {
    yield one;
    yield { ...one, value: `${one.value}\n`, text: `${one.text}, with "\\n" appended` };
  }
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
