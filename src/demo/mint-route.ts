import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { bearer, type Routes } from './json-server.js';
import { audience, issuer } from './verifier.js';

/** How an issuer signs tokens for end-to-end tests. */
export interface Minting {
  /** The key in use. */
  key(): string | Uint8Array;
  /** The version of that key, if it is known. */
  version?(): string | undefined;
  /** The bearer token that gives access. */
  readonly token: string;
  /** Seconds. */
  readonly life: number;
  readonly now: () => Date;
}

/** `POST /auth/e2e-token`, which returns a token for end-to-end tests. */
export function mintRoute({ key, version, token: credential, life, now }: Minting): Routes {
  return {
    'POST /auth/e2e-token': async ({ headers }) => {
      if (bearer(headers) !== credential) return { status: 401, body: { error: 'unauthorized' } };
      const iat = Math.floor(now().getTime() / 1000);
      const [signing, signedBy] = [key(), version?.()];
      const token = await new SignJWT({ token_type: 'access', email: 'e2e@example.com' })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject('e2e')
        .setJti(randomUUID())
        .setIssuedAt(iat)
        .setExpirationTime(iat + life)
        .sign(typeof signing === 'string' ? new TextEncoder().encode(signing) : signing);
      return {
        status: 200,
        body: { access_token: token, token_type: 'Bearer', expires_in: life, version: signedBy },
      };
    },
  };
}
