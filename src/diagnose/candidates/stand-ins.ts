import type { CandidateSecret } from '../../observe/candidate.js';
import { derive } from '../../secret/fingerprint.js';
import type { Secret } from '../../secret/secret.js';
import { standInOf, standIns } from '../../transforms/stand-ins.js';
import type { KnownText } from './known-texts.js';

/** What logs and tools show in the place of a secret, and notes that were to be replaced: as they are, and as a line. */
export function* standInTexts(): Generator<KnownText> {
  for (const one of standIns()) {
    yield one;
    yield { ...one, value: `${one.value}\n`, text: `${one.text}, with "\\n" appended` };
  }
}

/** The secret itself, where it is one of these. Known by itself: whoever shows the same holds it, too. */
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
