import { decodeJwt, type JWTPayload, jwtVerify } from 'jose';

/** The claims of a token that is good, or `null`. */
export type Verifier = (token: string) => Promise<JWTPayload | null>;

export const issuer = 'auth-service';
export const audience = 'example-platform';

/** A verifier as it should be: this key, HS256 and nothing else, our issuer and audience, not expired. */
export function strictVerifier(key: string): Verifier {
  const bytes = new TextEncoder().encode(key);
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, bytes, {
        algorithms: ['HS256'],
        issuer,
        audience,
        requiredClaims: ['exp', 'sub'],
      });
      return payload;
    } catch {
      return null;
    }
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
