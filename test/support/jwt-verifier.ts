import { createHmac, timingSafeEqual } from 'node:crypto';

/** A key, as text or as bytes. */
export type Key = string | Buffer;

/** The requirements of a verifier, and its way of checking. */
export interface Checks {
  /** Any of them is accepted. */
  readonly keys: readonly Key[];
  /** Default: HS256 alone. */
  readonly algorithms?: readonly string[];
  /** `null`: not looked at. */
  readonly issuer?: string | null;
  readonly audience?: string | null;
  /** Claims that must have these values. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Claims that must not be there. */
  readonly unwanted?: readonly string[];
  /** Seconds from `iat` to `exp`, at most and at least. */
  readonly longestLife?: number;
  readonly shortestLife?: number;
  /** Seconds by which times may be off. */
  readonly leeway?: number;
  /** Milliseconds. */
  readonly now: number;
}

const hashes = new Map([
  ['HS256', 'sha256'],
  ['HS384', 'sha384'],
  ['HS512', 'sha512'],
]);

/**
 * The fault of a token, in the words of a verifier; `null` if it is valid. Written by hand, because libraries reject
 * unusual keys.
 */
export function complaintAbout(token: string, checks: Checks): string | null {
  const [head = '', body = '', signature = '', ...more] = token.split('.');
  const header = document(head);
  const claims = document(body);
  if (header === null || claims === null || more.length > 0) return 'jwt malformed';
  const algorithm = String(header.alg);
  const hash = hashes.get(algorithm);
  if (hash === undefined || !(checks.algorithms ?? ['HS256']).includes(algorithm)) return 'invalid algorithm';
  const given = Buffer.from(signature, 'base64url');
  const signed = checks.keys.some((key) => {
    const expected = createHmac(hash, key).update(`${head}.${body}`).digest();
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
  return signed ? aboutClaims(claims, checks) : 'invalid signature';
}

/** The claims of an unverified token; `null` if there are none. */
export const decoded = (token: string): Record<string, unknown> | null => document(token.split('.')[1] ?? '');

function aboutClaims(claims: Record<string, unknown>, checks: Checks): string | null {
  const { leeway = 5, issuer = null, audience = null, claims: wanted = {}, unwanted = [] } = checks;
  const now = checks.now / 1000;
  const { iat, exp, nbf } = claims;
  if (typeof exp !== 'number' || exp + leeway <= now) return 'jwt expired';
  if (typeof nbf === 'number' && nbf - leeway > now) return 'jwt not active';
  if (typeof iat === 'number' && iat - leeway > now) return 'jwt issued in the future';
  const life = typeof iat === 'number' ? exp - iat : 0;
  if (life > (checks.longestLife ?? Number.POSITIVE_INFINITY)) return 'jwt lives too long';
  if (life < (checks.shortestLife ?? 0)) return 'jwt is short-lived';
  if (issuer !== null && claims.iss !== issuer) return 'invalid issuer';
  if (audience !== null && ![claims.aud].flat().includes(audience)) return 'invalid audience';
  for (const [name, value] of Object.entries(wanted)) if (claims[name] !== value) return `invalid ${name}`;
  for (const name of unwanted) if (claims[name] !== undefined) return `unexpected ${name}`;
  return null;
}

function document(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
