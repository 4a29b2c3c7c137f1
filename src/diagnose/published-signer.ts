import { setImmediate as nextTurn } from 'node:timers/promises';
import { publicSecrets, publicSecretTexts } from '../data/public-secrets.js';
import type { CandidateSecret } from '../observe/candidate.js';
import type { Verifiable } from '../observe/tokens/verifiable.js';
import { Secret } from '../secret/secret.js';

/** Number of keys to try before other tasks run. */
const together = 4096;

/**
 * Finds the secret of the public list that signed the token; `null` if none did. It takes up to a second, so that it
 * is tried last.
 */
export async function publishedSigner(
  token: Verifiable,
  signal: AbortSignal,
): Promise<CandidateSecret | null> {
  const texts = await publicSecretTexts();
  for (let next = 0; next < texts.length && !signal.aborted; next += together) {
    for (const text of texts.slice(next, next + together)) {
      const secret = new Secret(Buffer.from(text, 'latin1'));
      if (token.isSignedWith(secret)) return candidateOf(secret);
    }
    await nextTurn();
  }
  return null;
}

const candidateOf = (secret: Secret): CandidateSecret => ({
  code: 'published-default',
  of: null,
  undone: false,
  text: publicSecrets.name,
  secret,
  facts: {},
});
