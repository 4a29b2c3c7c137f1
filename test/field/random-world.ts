import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import type { Config } from '../../src/index.js';
import { startServer, type TestServer } from '../support/http-server.js';

/** What is wrong with the key of the service. */
export const keyFaults = ['none', 'newline', 'quotes', 'fallback', 'unrelated'] as const;
/** What is wrong beside the key. */
export const otherFaults = [
  'none',
  'issuer',
  'audience',
  'user',
  'algorithm',
  'clock-ahead',
  'clock-behind',
  'kid',
  'no-token-arrives',
  'caller',
  'only-decodes',
  'ignores-tokens',
] as const;

/** How a service answers one kind of token. */
interface Refusal {
  readonly status: number;
  readonly words: 'library' | 'exception' | 'generic' | 'none';
}

/** A service with one or two faults and habits of its own; everything else is in order. */
export interface World {
  readonly secret: string;
  readonly key: (typeof keyFaults)[number];
  readonly fault: (typeof otherFaults)[number];
  /** Whose fingerprint it shows: of the key in use, of the right key whatever it uses, or none. */
  readonly shows: 'used' | 'right' | 'none';
  readonly order: 'signature first' | 'claims first';
  /** What it answers to a wrong signature (and algorithm), to wrong claims, and where there is no token. */
  readonly onSignature: Refusal;
  readonly onClaims: Refusal;
  readonly onMissing: Refusal;
  readonly format: 'json' | 'nested' | 'errors' | 'html' | 'text' | 'challenge';
  readonly accepts: 'object' | 'empty';
  readonly requestIds: boolean;
  /**
   * Answers everything with this status after so many invalid tokens; after none: before the check already. `limits`: all
   * tokens are counted, as a rate limit does.
   */
  readonly lockOut: {
    readonly after: number;
    readonly status: number;
    readonly saysSo: boolean;
    readonly retryAfter: boolean;
    readonly limits: boolean;
  } | null;
  readonly tellsTime: boolean;
  /** A gateway with the right key, which looks at every token before. */
  readonly gateway: boolean;
}

const refusal = (statuses: readonly number[]): fc.Arbitrary<Refusal> =>
  fc.record({
    status: fc.constantFrom(...statuses),
    words: fc.constantFrom('library', 'exception', 'generic', 'none'),
  });

/** Never one that shrinks to a published secret. */
const secrets = fc
  .tuple(fc.nat(), fc.constantFrom('base64url' as const, 'hex' as const))
  .map(([n, encoding]) => createHash('sha256').update(`world ${n}`).digest(encoding));

/** The simplest world is in order and answers 401 in words: that is what failures shrink to. */
export const worlds: fc.Arbitrary<World> = fc.record({
  secret: secrets,
  key: fc.oneof(
    { weight: 3, arbitrary: fc.constant('none' as const) },
    { weight: 2, arbitrary: fc.constantFrom(...keyFaults) },
  ),
  fault: fc.oneof(
    { weight: 1, arbitrary: fc.constant('none' as const) },
    { weight: 2, arbitrary: fc.constantFrom(...otherFaults) },
  ),
  shows: fc.constantFrom('used', 'none', 'right'),
  order: fc.constantFrom('signature first', 'claims first'),
  onSignature: refusal([401, 401, 403, 400, 422, 500]),
  onClaims: refusal([401, 403, 401, 400, 422]),
  onMissing: refusal([401, 401, 403, 400, 422]),
  format: fc.constantFrom('json', 'nested', 'errors', 'html', 'text', 'challenge'),
  accepts: fc.constantFrom('object', 'empty'),
  requestIds: fc.boolean(),
  lockOut: fc.option(
    fc
      .record({
        after: fc.integer({ min: 0, max: 24 }),
        status: fc.constantFrom(403, 429, 401, 423),
        saysSo: fc.boolean(),
        retryAfter: fc.boolean(),
        limits: fc.boolean(),
      })
      // A limit of one request answers every invalid token in the same way, as a verifier does.
      .filter(({ after, limits }) => !limits || after !== 1),
    { nil: null, freq: 3 },
  ),
  tellsTime: fc.boolean(),
  gateway: fc.boolean(),
});

const fallback = 'staging-jwt-secret-key';
export const issuer = 'netra-auth-service';
const audience = 'netra-platform';
const twoHours = 7200;

/** The key that the service verifies with. */
export function keyOf({ secret, key }: Pick<World, 'secret' | 'key'>): string {
  switch (key) {
    case 'none':
      return secret;
    case 'newline':
      return `${secret}\n`;
    case 'quotes':
      return `"${secret}"`;
    case 'fallback':
      return fallback;
    case 'unrelated':
      return createHash('sha256').update(secret).update('another').digest('base64url');
  }
}

type Kind =
  | 'signature'
  | 'algorithm'
  | 'iss'
  | 'aud'
  | 'user'
  | 'expired'
  | 'future'
  | 'kid'
  | 'missing'
  | 'malformed';

const library: Readonly<Record<Kind, string>> = {
  signature: 'Signature verification failed',
  algorithm: 'The specified alg value is not allowed',
  iss: 'Invalid issuer',
  aud: "Audience doesn't match",
  user: 'User not found',
  expired: 'Signature has expired',
  future: 'The token is not yet valid (iat)',
  kid: 'No key found for the kid',
  missing: 'Missing Authorization Header',
  malformed: 'Not enough segments',
};
const exception: Readonly<Record<Kind, string>> = {
  signature: 'InvalidSignatureError',
  algorithm: 'InvalidAlgorithmError',
  iss: 'InvalidIssuerError',
  aud: 'InvalidAudienceError',
  user: 'UserNotFound',
  expired: 'ExpiredSignatureError',
  future: 'ImmatureSignatureError',
  kid: 'UnknownKeyIdError',
  missing: 'NoAuthorizationError',
  malformed: 'DecodeError',
};

const document = (part: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
};

/** Looks at a token as the service does; `null`: it is good. */
function problemOf(world: World, token: string): Kind | null {
  if (token === '') return 'missing';
  const [head = '', body = '', given = ''] = token.split('.');
  const header = document(head);
  const claims = document(body);
  if (header === null || claims === null) return 'malformed';
  if (world.fault === 'only-decodes') return null;
  const algorithm = world.fault === 'algorithm' ? 'HS512' : 'HS256';
  const signed = (): Kind | null => {
    if (world.fault === 'kid' && header.kid === undefined) return 'kid';
    if (header.alg !== algorithm) return 'algorithm';
    const right = createHmac(`sha${algorithm.slice(2)}`, keyOf(world))
      .update(`${head}.${body}`)
      .digest();
    const is = Buffer.from(given, 'base64url');
    return is.length === right.length && timingSafeEqual(is, right) ? null : 'signature';
  };
  const claimed = (): Kind | null => {
    const skew = world.fault === 'clock-ahead' ? twoHours : world.fault === 'clock-behind' ? -twoHours : 0;
    const now = Date.now() / 1000 + skew;
    if (typeof claims.exp === 'number' && claims.exp <= now) return 'expired';
    if (typeof claims.iat === 'number' && claims.iat > now + 5) return 'future';
    if (claims.iss !== (world.fault === 'issuer' ? 'https://login.example.org' : issuer)) return 'iss';
    if (claims.aud !== (world.fault === 'audience' ? 'another-platform' : audience)) return 'aud';
    if (world.fault === 'user') return claims.user_id === undefined || claims.user_id === 7 ? null : 'user';
    return null;
  };
  return world.order === 'signature first' ? (signed() ?? claimed()) : (claimed() ?? signed());
}

/** Whether it rejects valid tokens of the reference. */
export const rejectsValid = ({ key, fault }: World): boolean =>
  fault !== 'only-decodes' && fault !== 'ignores-tokens' && (key !== 'none' || fault !== 'none');

/** Whether it accepts tokens that nobody verified. */
export const acceptsForged = ({ fault, gateway }: World): boolean =>
  fault === 'ignores-tokens' || (fault === 'only-decodes' && !gateway);

/** Whether it rejects everything before the check, without a word of why: nothing tells that from a service that drifted. */
export const isSilentlyLocked = ({ lockOut }: World): boolean =>
  lockOut !== null &&
  lockOut.after === 0 &&
  !lockOut.saysSo &&
  !lockOut.retryAfter &&
  (lockOut.status === 401 || lockOut.status === 403);

/** Whether there is anything to find. */
export const isFaulty = (world: World): boolean =>
  rejectsValid(world) ||
  acceptsForged(world) ||
  isSilentlyLocked(world) ||
  (world.key !== 'none' && world.shows === 'used');

/** Starts the service of a world. */
export async function startWorld(world: World): Promise<TestServer> {
  let counted = 0;
  const count = (): void => {
    if (world.lockOut?.limits !== true) counted += 1;
  };
  const say = (response: ServerResponse, { status, words }: Refusal, kind: Kind): void => {
    const text =
      words === 'library'
        ? library[kind]
        : words === 'exception'
          ? exception[kind]
          : words === 'generic'
            ? 'Unauthorized'
            : '';
    const id = world.requestIds ? { request_id: randomUUID() } : {};
    const headers: Record<string, string> = {};
    let body = '';
    if (text !== '') {
      if (world.format === 'json') body = JSON.stringify({ error: text, ...id });
      else if (world.format === 'nested')
        body = JSON.stringify({ status: 'fail', data: { detail: text }, ...id });
      else if (world.format === 'errors') body = JSON.stringify({ errors: [{ message: text }], ...id });
      else if (world.format === 'html') body = `<!doctype html><title>Error</title><pre>${text}</pre>`;
      else if (world.format === 'text') body = `${text}\n`;
      else headers['www-authenticate'] = `Bearer error="invalid_token", error_description="${text}"`;
    }
    headers['content-type'] =
      world.format === 'html' ? 'text/html' : world.format === 'text' ? 'text/plain' : 'application/json';
    response.writeHead(status, headers).end(body);
  };
  return startServer((request, response) => {
    response.sendDate = false;
    const skew = world.fault === 'clock-ahead' ? twoHours : world.fault === 'clock-behind' ? -twoHours : 0;
    if (world.tellsTime) response.setHeader('date', new Date(Date.now() + skew * 1000).toUTCString());
    if (request.url?.startsWith('/fingerprint')) {
      const shown = world.shows === 'right' ? world.secret : keyOf(world);
      const fingerprint = createHash('sha256').update(shown).digest('hex').slice(0, 16);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ fingerprint }));
      return;
    }
    const sent = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (world.lockOut !== null && counted >= world.lockOut.after) {
      const { status, saysSo, retryAfter } = world.lockOut;
      if (retryAfter) response.setHeader('retry-after', '300');
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: saysSo ? 'Too many failed attempts' : 'Forbidden' }));
      return;
    }
    if (world.lockOut?.limits === true) counted += 1;
    if (world.gateway && world.fault !== 'ignores-tokens') {
      const before = problemOf({ ...world, key: 'none', fault: 'none', order: 'signature first' }, sent);
      if (before !== null) {
        count();
        response.writeHead(401, { server: 'gateway/2.1', 'content-type': 'text/plain' }).end('Unauthorized');
        return;
      }
    }
    if (world.gateway) response.setHeader('via', '1.1 gateway');
    if (world.fault === 'caller') {
      response
        .writeHead(401, { 'content-type': 'application/json' })
        .end('{"error":"invalid_service_secret"}');
      return;
    }
    const token = world.fault === 'no-token-arrives' ? '' : sent;
    const problem = world.fault === 'ignores-tokens' ? null : problemOf(world, token);
    if (problem === null) {
      if (world.accepts === 'empty') response.writeHead(204).end();
      else {
        const { sub = null } = document(token.split('.')[1] ?? '') ?? {};
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ ok: true, sub, ...(world.requestIds ? { request_id: randomUUID() } : {}) }));
      }
      return;
    }
    count();
    const about =
      problem === 'missing'
        ? world.onMissing
        : ['iss', 'aud', 'user', 'expired', 'future'].includes(problem)
          ? world.onClaims
          : world.onSignature;
    say(response, about, problem);
  });
}

/** The configuration of a world. */
export function configOf(world: World, origin: string): Config {
  return {
    token: { issuer, audience, claims: { user_id: 4711 } },
    knownFallbacks: [fallback],
    environments: {
      staging: {
        reference: 'store',
        participants: {
          store: { source: { kind: 'env', names: ['THE_SECRET'] } },
          svc: {
            ...(world.shows === 'none'
              ? {}
              : { source: { kind: 'http', url: `${origin}/fingerprint` } as const }),
            probes: [{ kind: 'http', url: `${origin}/me` }],
          },
        },
      },
    },
  };
}
