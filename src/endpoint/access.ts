import { bytesOf, equal, sha256 } from './key.js';
import { refuse } from './known-options.js';
import type { Access } from './options.js';

/** Why a caller is rejected; `null` if it is allowed. */
type Refusal = {
  readonly status: 401 | 403;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
} | null;

/** The decision about a caller. */
interface Admission {
  readonly refusal: Refusal;
  /** The index of the accepted token or key; `null` if access does not depend on one. */
  readonly holder: string | null;
}

/** Tokens and keys. Shorter ones can be guessed; a request cannot contain others. */
const sufficient = /^[\x21-\x7e]{16,}$/;

/**
 * Builds the access check.
 * @throws TypeError unless exactly one sufficiently strong method is configured
 */
export function gatekeeper(access: Access): (request: Request) => Promise<Admission> {
  const ways = ['token', 'sharedKey', 'authorize', 'unauthenticated'] as const;
  const given = ways.filter((way) => access[way] !== undefined);
  if (given.length !== 1) {
    const found =
      given.length === 0 ? 'none is set; check that its variable is set' : `not ${given.join(' and ')}`;
    refuse(
      `set exactly one of \`token\`, \`sharedKey\`, \`authorize\` and \`unauthenticated: true\`: ${found}`,
    );
  }
  if (access.authorize !== undefined) return byDecision(access.authorize);
  if (access.sharedKey !== undefined) {
    const { header, key } = access.sharedKey;
    if (typeof header !== 'string' || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header))
      refuse('`sharedKey.header` must be the name of a header (RFC 9110 §5.1)');
    const headers = { 'www-authenticate': `SharedKey realm="jwt-fingerprint", header="${header}"` };
    return byKnowledge(
      'sharedKey.key',
      key,
      headers,
      `Send the shared key in the header ${header}.`,
      (request) => request.headers.get(header),
    );
  }
  if (access.unauthenticated !== undefined) {
    if (access.unauthenticated !== true) refuse('`unauthenticated` must be true or absent');
    return async () => ({ refusal: null, holder: null });
  }
  const headers = { 'www-authenticate': 'Bearer realm="jwt-fingerprint"' };
  return byKnowledge('token', access.token, headers, 'Send the token as Authorization: Bearer.', bearer);
}

/** RFC 6750 §2.1. */
function bearer(request: Request): string | null {
  return /^Bearer +([^ ]+) *$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? null;
}

function byDecision(authorize: (request: Request) => boolean | Promise<boolean>) {
  return async (request: Request): Promise<Admission> => {
    const allowed = (await authorize(request)) === true;
    const refusal: Refusal = { status: 403, detail: 'This caller is not allowed.', headers: {} };
    return { refusal: allowed ? null : refusal, holder: null };
  };
}

/** Always compares all hashes, so that the duration reveals neither which one matched nor how much of it. */
function byKnowledge(
  name: string,
  known: string | readonly string[] | undefined,
  headers: Readonly<Record<string, string>>,
  detail: string,
  offered: (request: Request) => string | null,
) {
  const values = typeof known === 'string' ? [known] : (known ?? []);
  if (values.length === 0) refuse(`\`${name}\` is missing; check that its variable is set`);
  for (const value of values) {
    if (typeof value !== 'string' || !sufficient.test(value)) {
      refuse(`\`${name}\` must have at least 16 characters of visible ASCII without spaces`);
    }
  }
  const hashes = Promise.all(values.map((value) => sha256(bytesOf(value))));
  return async (request: Request): Promise<Admission> => {
    const refusal: Refusal = { status: 401, detail, headers };
    const value = offered(request);
    if (value === null) return { refusal, holder: null };
    const hash = await sha256(bytesOf(value));
    const matches = (await hashes).map((one) => equal(one, hash));
    const index = matches.indexOf(true);
    return index === -1 ? { refusal, holder: null } : { refusal: null, holder: `#${index}` };
  };
}

/** Takes one request: returns 0 if it is allowed, otherwise the whole seconds to wait. */
type Bucket = () => number;

/** Maximum number of requests per number of seconds, or no limit. */
type RateLimit = { readonly requests: number; readonly seconds: number } | false;

/**
 * A token bucket: `requests` at once, refilled evenly over `seconds`. It stores two numbers, regardless of the number
 * of requests.
 * @param clock milliseconds
 */
function tokenBucket(limit: RateLimit, clock: () => number): Bucket {
  if (limit === false) return () => 0;
  const perMs = limit.requests / (limit.seconds * 1000);
  let left = limit.requests;
  let last = clock();
  return () => {
    const now = clock();
    left = Math.min(limit.requests, left + Math.max(0, now - last) * perMs);
    last = now;
    if (left >= 1) {
      left -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil((1 - left) / perMs / 1000));
  };
}

/** Maximum number of callers with their own bucket, which bounds the memory. */
const mostCallers = 1000;

/** Takes one request of a caller. */
type CallerLimit = (caller: string) => number;

/**
 * One token bucket for each caller, so that no caller can use up the limit of others. The most recent callers keep
 * theirs; a caller that returns after a thousand others starts with a new one.
 */
export function limitPerCaller(limit: RateLimit, clock: () => number): CallerLimit {
  const buckets = new Map<string, Bucket>();
  return (caller) => {
    const bucket = buckets.get(caller) ?? tokenBucket(limit, clock);
    buckets.delete(caller);
    buckets.set(caller, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > mostCallers && oldest !== undefined) buckets.delete(oldest);
    return bucket();
  };
}
