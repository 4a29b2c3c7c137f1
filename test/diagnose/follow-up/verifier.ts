import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { WebSocket } from 'ws';
import { type CheckOptions, type Config, check, type Report } from '../../../src/index.js';
import { json, startServer, type TestServer } from '../../support/http-server.js';
import { startWebSocketServer } from '../../support/websocket-server.js';

export const issuer = 'https://auth.example.com';
export const audience = 'example-platform';
export const secret = 'c2VjcmV0IG9mIHRoZSByZWZlcmVuY2UsIDQ4IGJ5dGVzISEh';

/** How a service verifies, and what it shows. */
export interface Verifying {
  /** What verifies tokens; default: the secret's text. */
  readonly key?: string | Buffer;
  /** The secret whose fingerprint it shows; `null`: it has no such endpoint. */
  readonly shows?: string | null;
  /** More for jose. */
  readonly options?: JWTVerifyOptions;
  /** Milliseconds by which its clock is ahead. */
  readonly clockMs?: number;
  /** Milliseconds by which its `Date` header is ahead, where that is another; `null`: it sends none. */
  readonly dateMs?: number | null;
  /** Whether it says what it complains of. */
  readonly tells?: boolean;
  /** Instead of verifying. */
  readonly decide?: (
    token: string,
    verify: (token: string) => Promise<string | null>,
  ) => Promise<string | null>;
  /** Instead of 401. */
  readonly refusal?: number;
  readonly anyIssuer?: boolean;
  /** By what was wrong. */
  readonly status?: (wrong: string) => number;
  /** What it wants of the claims beside. */
  readonly claims?: (claims: JWTPayload) => boolean;
  /** Instead of `invalid_token`. */
  readonly complaint?: string;
}

export interface VerifyingService extends TestServer {
  /** Tokens that were presented over HTTP, none at all as ''. */
  readonly tokens: readonly string[];
}

/** `null` for a good token, otherwise what is wrong with it. */
export function verifier(how: Verifying): (token: string) => Promise<string | null> {
  const key = new Uint8Array(Buffer.from(how.key ?? secret));
  const verify = async (token: string): Promise<string | null> => {
    try {
      const currentDate = new Date(Date.now() + (how.clockMs ?? 0));
      const expected = how.anyIssuer === true ? { audience } : { issuer, audience };
      const options = { algorithms: ['HS256'], ...expected, currentDate, ...how.options };
      const { payload } = await jwtVerify(token, key, options);
      return how.claims?.(payload) === false ? 'other claims wanted' : null;
    } catch (error) {
      return error instanceof errors.JOSEError ? error.message : 'not a token';
    }
  };
  const { decide } = how;
  return decide === undefined ? verify : (token) => decide(token, verify);
}

/** A real service: `/fingerprint` shows, `/me` verifies. */
export async function startVerifier(how: Verifying = {}): Promise<VerifyingService> {
  const tokens: string[] = [];
  const verify = verifier(how);
  const server = await startServer(async (request, response) => {
    dated(response, how.dateMs === undefined ? (how.clockMs ?? 0) : how.dateMs);
    if (request.url?.split('?')[0] === '/fingerprint') {
      return json({ fingerprint: fingerprint(how.shows ?? secret) })(request, response);
    }
    const token = bearer(request);
    tokens.push(token);
    const wrong = await verify(token);
    if (wrong === null) return json({ ok: true })(request, response);
    const said = { error: how.complaint ?? 'invalid_token', ...(how.tells ? { message: wrong } : {}) };
    json(said, how.status?.(wrong) ?? how.refusal ?? 401)(request, response);
  });
  return Object.assign(server, { tokens });
}

/** A WebSocket that opens, then verifies, as many do. */
export async function startVerifyingSocket(how: Verifying = {}) {
  const tokens: string[] = [];
  const verify = verifier(how);
  const connected = async (socket: WebSocket, request: IncomingMessage): Promise<void> => {
    tokens.push(bearer(request));
    if ((await verify(bearer(request))) !== null) return socket.close(1008, 'invalid token');
    socket.send('{"type":"ready"}');
  };
  const server = await startWebSocketServer({
    connected: (socket, request) => void connected(socket, request),
  });
  return { ...server, tokens };
}

const bearer = (request: IncomingMessage): string =>
  /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';

function dated(response: ServerResponse, ahead: number | null): void {
  response.sendDate = false;
  if (ahead !== null) response.setHeader('date', new Date(Date.now() + ahead).toUTCString());
}

export const fingerprint = (key: string): string =>
  createHash('sha256').update(key).digest('hex').slice(0, 8);

type Participants = Config['environments'][string]['participants'];
type Participant = Participants[string];

/** What a configuration says of a service, and of the WebSocket beside it. */
export function participant(
  how: Verifying,
  { origin }: TestServer,
  { socket, probe }: { socket?: { url: string }; probe?: More['probe'] } = {},
): Participant {
  const http = { kind: 'http', name: 'me', url: `${origin}/me`, ...probe } as const;
  const accepted = { message: { json: { '/type': 'ready' } } };
  const ws = { kind: 'websocket', name: 'ws', settle: '2s', accepted } as const;
  return {
    ...(how.shows === null ? {} : { source: { kind: 'http', url: `${origin}/fingerprint` } }),
    probes: [http, ...(socket === undefined ? [] : [{ ...ws, url: socket.url }])],
  };
}

export interface More {
  readonly token?: Config['token'];
  readonly config?: Partial<Config>;
  readonly conduct?: CheckOptions;
  /** Participants beside the service and the reference. */
  readonly others?: Participants;
  readonly env?: Record<string, string>;
  /** More for the HTTP probe. */
  readonly probe?: { readonly tokenTypes?: string[] };
}

export interface Running {
  readonly report: Report;
  /** Requests with a token, or without one where there should be one. */
  readonly requests: number;
  readonly tokens: readonly string[];
}

/** Checks one such service against a reference that holds the secret. */
export async function checked(how: Verifying, more: More = {}): Promise<Running> {
  const server = await startVerifier(how);
  try {
    return await checkAgainst({ api: participant(how, server, more), ...more.others }, [server], more);
  } finally {
    await server.close();
  }
}

/** Checks participants against a reference that holds the secret. */
export async function checkAgainst(
  participants: Participants,
  servers: readonly { tokens: readonly string[] }[],
  more: {
    token?: Config['token'];
    config?: Partial<Config>;
    conduct?: CheckOptions;
    env?: Record<string, string>;
  } = {},
): Promise<Running> {
  const store: Participant = { source: { kind: 'env', names: ['THE_SECRET'] } };
  const report = await check({
    config: {
      token: { issuer, audience, claims: { email: 'probe@example.com' }, ...more.token },
      ...more.config,
      environments: { staging: { reference: 'store', participants: { store, ...participants } } },
    },
    env: { THE_SECRET: secret, ...more.env },
    ...more.conduct,
  });
  const tokens = servers.flatMap((s) => s.tokens);
  return { report, requests: tokens.length, tokens };
}
