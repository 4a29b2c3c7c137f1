import { decodeJwt, type JWTPayload, jwtVerify } from 'jose';

/** The claims of a valid token, or `null`. */
export type Verifier = (token: string) => Promise<JWTPayload | null>;

export const issuer = 'auth-service';
export const audience = 'example-platform';

/** A correct verifier: this key, only HS256, one issuer, our audience, not expired. */
export function strictVerifier(key: string | Uint8Array, expectedIssuer = issuer): Verifier {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : key;
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, bytes, {
        algorithms: ['HS256'],
        issuer: expectedIssuer,
        audience,
        requiredClaims: ['exp', 'sub'],
      });
      return payload;
    } catch {
      return null;
    }
  };
}

/** Takes what any of them takes. */
export function anyOf(verifiers: readonly Verifier[]): Verifier {
  return async (token) => {
    for (const verify of verifiers) {
      const claims = await verify(token);
      if (claims !== null) return claims;
    }
    return null;
  };
}

/** The mistake of calling `decode` where `verify` was meant: it reads the claims and believes them. */
export function decodingVerifier(): Verifier {
  return async (token) => {
    try {
      return decodeJwt(token);
    } catch {
      return null;
    }
  };
}
