import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Checks, complaintAbout, decoded, type Key } from './jwt-verifier.js';
import { refuse } from './websocket-server.js';

/** The token check of one transport; omitted members take the values of the service. */
export interface Verifying extends Partial<Omit<Checks, 'now'>> {
  /** `decodes`: reads the claims without verifying them; `ignores`: checks nothing; `refuses`: rejects every token. */
  readonly trust?: 'verifies' | 'decodes' | 'ignores' | 'refuses';
  /** A component in front of it removes the token. */
  readonly dropsToken?: boolean;
}

export interface WebSocketVerifying extends Verifying {
  /** Close code for an invalid token, after the socket was opened; or an HTTP status instead of opening it. */
  readonly refusesWith?: number;
  /** `false`: chooses none of the subprotocols offered. */
  readonly choosesSubprotocol?: boolean;
}

/** The keys and the behaviour of a service. */
export interface ServiceOptions {
  /** The key of each replica; they take turns for each connection. */
  readonly keys: readonly Key[];
  /** Key of the reported fingerprint, if it differs from the held one. */
  readonly shows?: Key;
  /** Answers challenges with this key, in this name. */
  readonly proves?: { readonly key: Key; readonly as: string };
  /** Additional keys that it verifies with, and reports. */
  readonly accepts?: readonly Key[];
  readonly http?: Verifying;
  readonly websocket?: WebSocketVerifying;
  /**
   * The HTTP interface. `status`: 200 and 401; `body`: always 200, with `valid` in the body; `error`: 500 for invalid
   * tokens; `page`: an HTML page for every request.
   */
  readonly answers?: 'status' | 'body' | 'error' | 'page';
  /** Reports the fault of a token. */
  readonly explains?: boolean;
  /** Expects the token as `X-Service-Secret`. */
  readonly serviceSecret?: string;
  /** Gives this answer to every request with a token. */
  readonly always?: { readonly status: number; readonly body?: unknown };
  /** Verifies a valid token, but denies access anyway: 403. */
  readonly forbids?: boolean;
  /** Answers 503 to every other valid token, including the first one. */
  readonly flaps?: boolean;
  /** Caches its result for a token, and keeps it after every change. */
  readonly caches?: boolean;
  /** Milliseconds that every answer takes. */
  readonly delayMs?: number;
  /** Milliseconds by which its clock is ahead. */
  readonly clockMs?: number;
  /** Whether `Date` shows its clock; default yes. */
  readonly tellsTime?: boolean;
  /** Has an endpoint that issues tokens for tests. */
  readonly mints?: boolean;
}

export interface VerifyingService {
  /** Such as `127.0.0.1:1234`. */
  readonly host: string;
  /** From now on it holds this key. */
  hold(key: Key): void;
  close(): Promise<void>;
}

export const issuer = 'https://auth.example.com';
export const audience = 'example-platform';

/** Starts a service: `/fingerprint`, `/me` and `/ws` that require a token, and `/mint`. */
export async function startVerifyingService(options: ServiceOptions): Promise<VerifyingService> {
  let keys = options.keys;
  let good = 0;
  const cache = new Map<string, string | null>();
  const now = (): number => Date.now() + (options.clockMs ?? 0);
  const replicaOf = turns(() => keys);

  const complaint = (how: Verifying, token: string | null, key: Key): string | null => {
    const given = how.dropsToken === true ? null : token;
    if (how.trust === 'refuses') return 'access denied';
    if (how.trust === 'ignores') return null;
    if (given === null) return 'no token';
    if (how.trust === 'decodes') return decoded(given) === null ? 'jwt malformed' : null;
    const held = { keys: [key, ...(options.accepts ?? [])], issuer, audience, now: now() };
    return complaintAbout(given, { ...held, ...how });
  };
  const remembered = (how: Verifying, token: string | null, key: Key): string | null => {
    const known = cache.get(token ?? '');
    if (options.caches && known !== undefined) return known;
    const found = complaint(how, token, key);
    cache.set(token ?? '', found);
    return found;
  };
  const words = (found: string): string => (options.explains ? found : 'invalid_token');

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    response.sendDate = false;
    if (options.tellsTime !== false) response.setHeader('date', new Date(now()).toUTCString());
    if (options.delayMs !== undefined) await sleep(options.delayMs, undefined, { ref: false });
    const { key, name } = replicaOf(request);
    const path = request.url?.split('?')[0];
    if (options.answers === 'page' && path !== '/fingerprint') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Welcome</title>');
    } else if (path === '/fingerprint') {
      const shown = options.shows ?? key;
      const accepts = options.accepts?.length ? [shown, ...options.accepts].map(fingerprint) : undefined;
      send(200, { fingerprint: fingerprint(shown), accepts, instance: name, ...proofOf(options, request) });
    } else if (path === '/mint' && options.mints) {
      send(200, { access_token: minted(key, now()) });
    } else if (path === '/me') {
      if (options.always !== undefined) return send(options.always.status, options.always.body ?? {});
      const { serviceSecret } = options;
      if (serviceSecret !== undefined && request.headers['x-service-secret'] !== serviceSecret)
        return send(403, { error: 'invalid_service_secret' });
      const found = remembered(options.http ?? {}, tokenOf(request), key);
      if (found === null && options.flaps && good++ % 2 === 0) return send(503, { error: 'unavailable' });
      if (found === null && options.forbids) return send(403, { error: 'forbidden' });
      if (options.answers === 'body') send(200, found === null ? { valid: true } : { valid: false });
      else if (found === null) send(200, { ok: true });
      else if (options.answers === 'error') send(500, { error: 'internal' });
      else send(401, { error: words(found) });
    } else send(404, { error: 'not_found' });
  };

  const server = createServer((request, response) => void answer(request, response));
  const how = options.websocket ?? {};
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => how.choosesSubprotocol !== false && offered.has('jwt-auth') && 'jwt-auth',
  });
  const open = new Set<Duplex>();
  server.on('connection', (connection) => {
    open.add(connection);
    connection.on('close', () => open.delete(connection));
    connection.on('error', () => {});
  });
  server.on('upgrade', (request, connection, head) => {
    const found = complaint(how, tokenOf(request), replicaOf(request).key);
    const { refusesWith = 1008 } = how;
    if (found !== null && refusesWith < 1000) {
      refuse(connection, `${refusesWith} Refused`, JSON.stringify({ error: words(found) }));
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket: WebSocket) => {
      socket.on('error', () => {});
      if (found === null) socket.send(JSON.stringify({ type: 'connection_established' }));
      else socket.close(refusesWith, words(found));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    host: `127.0.0.1:${address.port}`,
    hold(key) {
      keys = [key];
    },
    async close() {
      for (const connection of open) connection.destroy();
      sockets.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The first digits of SHA-256 over a key. */
export const fingerprint = (key: Key): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

/** A connection stays with its replica; new ones alternate, separately for each path. */
function turns(keys: () => readonly Key[]): (request: IncomingMessage) => { key: Key; name: string } {
  const next = new Map<string, number>();
  const chosen = new WeakMap<Duplex, number>();
  return ({ socket, url = '/' }) => {
    const path = url.split('?')[0] ?? url;
    const turn = chosen.get(socket) ?? next.get(path) ?? 0;
    if (!chosen.has(socket)) next.set(path, turn + 1);
    chosen.set(socket, turn);
    const all = keys();
    const index = turn % all.length;
    return { key: all[index] ?? '', name: `replica-${index}` };
  };
}

/** As docs/endpoint.md specifies it. */
function proofOf({ proves }: ServiceOptions, { url = '/' }: IncomingMessage) {
  const nonce = new URL(url, 'http://127.0.0.1').searchParams.get('challenge');
  if (proves === undefined || nonce === null) return {};
  const message = `jwtcheck-proof-v1\n${proves.as}\n${nonce}`;
  return { service: proves.as, proof: createHmac('sha256', proves.key).update(message).digest('base64url') };
}

/** From `Authorization`, a subprotocol `jwt.` in base64url, or the query. */
function tokenOf({ headers, url = '/' }: IncomingMessage): string | null {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const offered = /(?:^|[\s,])jwt\.([\w-]+)/.exec(headers['sec-websocket-protocol'] ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  if (offered !== undefined) return Buffer.from(offered, 'base64url').toString();
  return new URL(url, 'http://127.0.0.1').searchParams.get('token');
}

function minted(key: Key, nowMs: number): string {
  const iat = Math.floor(nowMs / 1000);
  const claims = { iss: issuer, aud: audience, sub: 'e2e', jti: randomUUID(), iat, exp: iat + 60 };
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}
