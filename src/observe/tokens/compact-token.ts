import { isDeepStrictEqual } from 'node:util';
import { type Algorithm, algorithms, type ClaimComparison, type JsonValue } from '../../model.js';
import { isObject } from '../../schema/path.js';
import { parseJson } from '../../schema/read-json.js';
import { hasSigned, publicSignerTest } from '../../secret/proof.js';
import { Secret } from '../../secret/secret.js';

/** Maximum length of a token: longer ones do not fit into a header field of most servers. */
export const longestToken = 8192;

/** The reason why no secret can verify a text as a token. */
export type NotVerifiable =
  /** Not a JWT, for example an opaque token. */
  | { readonly is: 'no-jwt' }
  /** Encrypted (RFC 7516). */
  | { readonly is: 'encrypted' }
  /** `alg` is `none` (RFC 7518 §3.6). */
  | { readonly is: 'unsigned' }
  /** Signed with a key pair or an unknown algorithm; `algorithm` is safe to print. */
  | { readonly is: 'other-algorithm'; readonly algorithm: string };

export type TokenParsed = { readonly is: 'token'; readonly token: CompactToken } | NotVerifiable;

type Document = Readonly<Record<string, unknown>>;

interface Parts {
  readonly header: Document;
  readonly claims: Document;
  /** The signing input (RFC 7515 §5.1). */
  readonly signingInput: string;
  readonly signature: Buffer;
  readonly algorithm: Algorithm;
}

/**
 * A JWT in compact form (RFC 7515 §7.1), signed with an HMAC algorithm. Its content is not trusted. Its text stays
 * inside and prints as `[secret]`.
 */
export class CompactToken {
  readonly secret: Secret;
  readonly #parts: Parts;

  constructor(text: string, parts: Parts) {
    this.secret = new Secret(text);
    this.#parts = parts;
  }

  get algorithm(): Algorithm {
    return this.#parts.algorithm;
  }

  /** Whether exactly these bytes are the HMAC key that signed it (RFC 2104). */
  isSignedWith(key: Secret): boolean {
    const { algorithm, signingInput, signature } = this.#parts;
    return hasSigned(key, algorithm, signingInput, signature);
  }

  /** Makes the same test for many public texts, of one character for each byte. */
  publicSignerTest(): (text: string) => boolean {
    const { algorithm, signingInput, signature } = this.#parts;
    return publicSignerTest(algorithm, signingInput, signature);
  }

  /** One of its times (RFC 7519 §4.1.4 to §4.1.6), if the claim is a number. */
  time(claim: 'iat' | 'nbf' | 'exp'): number | null {
    const value = this.#parts.claims[claim];
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  }

  /** A text of its header; unsafe until it is escaped. */
  headerText(name: 'kid' | 'typ'): string | null {
    const value = this.#parts.header[name];
    return typeof value === 'string' ? value : null;
  }

  /** Names of its claims, unchanged; unsafe until they are escaped. */
  claimNames(): readonly string[] {
    return Object.keys(this.#parts.claims);
  }

  /** Whether it has all of these claims, with these values. */
  hasClaims(claims: Readonly<Record<string, JsonValue>>): boolean {
    return Object.entries(claims).every(
      ([name, value]) =>
        Object.hasOwn(this.#parts.claims, name) && isDeepStrictEqual(this.#parts.claims[name], value),
    );
  }

  /** Compares `iss` (a text) or `aud` (one text or several, RFC 7519 §4.1.3) with the configuration. */
  compareClaim(claim: 'iss' | 'aud', expected: string | readonly string[] | undefined): ClaimComparison {
    if (expected === undefined) return 'unset';
    const value = this.#parts.claims[claim];
    if (value === undefined) return 'absent';
    const wanted = [expected].flat();
    const found: readonly unknown[] = claim === 'aud' && Array.isArray(value) ? value : [value];
    return found.some((one) => wanted.some((text) => text === one)) ? 'same' : 'different';
  }
}

/** Parses a token. The result for a text that cannot be verified contains nothing of the text. */
export function parseToken(text: string): TokenParsed {
  if (text.length > longestToken || !/^[\w.-]+$/.test(text)) return { is: 'no-jwt' };
  const parts = text.split('.');
  const [first = '', second = '', third = ''] = parts;
  const header = documentOf(first);
  if (header === null) return { is: 'no-jwt' };
  if (parts.length === 5 && typeof header.enc === 'string') return { is: 'encrypted' };
  if (parts.length !== 3 || typeof header.alg !== 'string') return { is: 'no-jwt' };
  const claims = documentOf(second);
  if (claims === null) return { is: 'no-jwt' };
  if (header.alg.toLowerCase() === 'none') return { is: 'unsigned' };
  const algorithm = algorithms.find((one) => one === header.alg);
  if (algorithm === undefined) return { is: 'other-algorithm', algorithm: shownAlgorithm(header.alg) };
  const signature = Buffer.from(third, 'base64url');
  return {
    is: 'token',
    token: new CompactToken(text, {
      header,
      claims,
      algorithm,
      signingInput: `${first}.${second}`,
      signature,
    }),
  };
}

/** Names of algorithms are short and plain (RFC 7518 §3.1). Any other text is not repeated. */
function shownAlgorithm(alg: string): string {
  return /^(?:[A-Z]{2}\d{3}K?|EdDSA|Ed25519|Ed448)$/.test(alg) ? alg : 'other';
}

function documentOf(part: string): Document | null {
  const value: unknown = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  return isObject(value) ? value : null;
}

/** Start of a token: its header is a JSON object in base64url (RFC 7515 §3.1), with or without whitespace. */
const tokens = /(?<![\w-])(?:%20|%22|%3D)?(e[wy][\w-]+(?:\.[\w-]*){2,4})/gi;

/**
 * Extracts the token from a pasted text: without whitespace and quotes, and out of a header line, a cookie, a JSON
 * document or a command. Without a token, returns the trimmed text.
 * @returns the first of several different tokens
 */
export function pastedToken(text: string): string {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  // A terminal or mail program may have wrapped it.
  for (const candidate of [trimmed, ...tokensIn(trimmed), ...tokensIn(trimmed.replace(/\s+/g, ''))])
    if (parseToken(candidate).is !== 'no-jwt') return candidate;
  return trimmed;
}

const tokensIn = (text: string): string[] => [...text.matchAll(tokens)].map(([, token = '']) => token);
