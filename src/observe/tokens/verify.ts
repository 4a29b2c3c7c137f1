import type { ReadError } from '../../model.js';
import { roughDuration } from '../../schema/duration.js';
import type { Secret } from '../../secret/secret.js';
import type { NotVerifiable } from './compact-token.js';
import type { Verifiable } from './verifiable.js';

/** Finds the first key that signed the token, with one HMAC for each key; `null` if none did. */
export function signerOf<T extends { readonly secret: Secret }>(
  token: Pick<Verifiable, 'isSignedWith'>,
  keys: Iterable<T>,
): T | null {
  for (const key of keys) if (token.isSignedWith(key.secret)) return key;
  return null;
}

/** Tolerated clock offset for network latency and rounding, in seconds. */
const leeway = 5;

/** The reason why a verifier with a correct clock rejects the token now; `null` if it accepts it. */
export function timeProblem(token: Pick<Verifiable, 'time'>, nowSeconds: number): string | null {
  const expiresAt = token.time('exp');
  const notBefore = token.time('nbf');
  if (expiresAt !== null && expiresAt <= nowSeconds)
    return `it expired ${roughDuration(nowSeconds - expiresAt)} ago`;
  if (notBefore !== null && notBefore > nowSeconds + leeway)
    return `it is not valid for another ${roughDuration(notBefore - nowSeconds)}`;
  return null;
}

/** The reason why no secret can verify a token, in words that follow "it handed out". */
export function whyNotVerifiable(problem: NotVerifiable): string {
  switch (problem.is) {
    case 'no-jwt':
      return 'something that is not a JWT';
    case 'encrypted':
      return 'an encrypted token (JWE): jwtcheck checks HMAC secrets';
    case 'unsigned':
      return 'an unsigned token (alg none): jwtcheck checks HMAC secrets';
    case 'other-algorithm':
      return problem.algorithm === 'other'
        ? 'a token with an unknown algorithm: jwtcheck checks HMAC secrets'
        : `an ${problem.algorithm} token: jwtcheck checks HMAC secrets`;
  }
}

/** The failure of a token, as data. */
export const unusable = (message: string, hint?: string): ReadError => ({
  code: 'invalid-response',
  message,
  ...(hint === undefined ? {} : { hint }),
});
