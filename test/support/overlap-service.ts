import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { complaintAbout, type Key } from './jwt-verifier.js';

/** The keys of one replica at a moment. */
export interface HeldKeys {
  readonly sign: Key;
  /** Keys in addition to the signing key. */
  readonly accept?: readonly Key[];
  /** The reported source of its secret, or the number of the version. */
  readonly version?: string;
}

export interface OverlapOptions {
  /** The keys of each replica, read at every request; connections alternate. */
  readonly replicas: readonly (() => HeldKeys)[];
  /** Has an endpoint that issues tokens for tests. */
  readonly mints?: boolean;
  /** Seconds. */
  readonly tokenLife?: number;
  /** Accepts a token of this key if its `iat` is before this moment (seconds). */
  readonly legacy?: { readonly key: Key; readonly before: number };
  /** The HTTP status for tokens that it rejects; default 401. */
  readonly rejectsWith?: number;
  /** Answers 503 over HTTP to tokens of this key, which it accepts. */
  readonly isOverloadedFor?: () => Key;
  /** `false`: no list of accepted keys at the fingerprint endpoint. */
  readonly lists?: boolean;
  /** Milliseconds since the epoch by its clock. */
  readonly now?: () => number;
  /** Called with the result of every token that was presented. */
  readonly onPresented?: (complaint: string | null) => void;
}

export interface OverlapService {
  readonly origin: string;
  /** Such as `ws://127.0.0.1:1234/ws`. */
  readonly socket: string;
  close(): Promise<void>;
}

/** A service that can hold several keys: `/fingerprint`, `/me` and `/ws` that require a token, and `/mint`. */
export async function startOverlapService(options: OverlapOptions): Promise<OverlapService> {
  const clock = options.now ?? Date.now;
  const turns = new Map<string, number>();
  const chosen = new WeakMap<Duplex, number>();
  const replicaOf = ({ socket, url = '/' }: IncomingMessage): { name: string; held: HeldKeys } => {
    const path = url.split('?')[0] ?? url;
    const turn = chosen.get(socket) ?? turns.get(path) ?? 0;
    if (!chosen.has(socket)) turns.set(path, turn + 1);
    chosen.set(socket, turn);
    const index = turn % options.replicas.length;
    return { name: `replica-${index}`, held: options.replicas[index]?.() ?? { sign: '' } };
  };
  const complaint = (token: string | undefined, { sign, accept = [] }: HeldKeys): string | null => {
    const now = clock();
    const found = complaintAbout(token ?? '', { keys: [sign, ...accept], now });
    const { legacy } = options;
    const isLegacy =
      found !== null &&
      legacy !== undefined &&
      complaintAbout(token ?? '', { keys: [legacy.key], now }) === null &&
      issuedAt(token ?? '') < legacy.before;
    const result = isLegacy ? null : found;
    options.onPresented?.(result);
    return result;
  };

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const send = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const { name, held } = replicaOf(request);
    switch (request.url?.split('?')[0]) {
      case '/fingerprint': {
        const accepts =
          options.lists === false ? {} : { accepts: [held.sign, ...(held.accept ?? [])].map(digest) };
        send(200, { fingerprint: digest(held.sign), ...accepts, instance: name, version: held.version });
        return;
      }
      case '/mint':
        if (options.mints === true)
          send(200, { access_token: mintedWith(held.sign, options.tokenLife ?? 60, clock()) });
        else send(404, {});
        return;
      case '/me': {
        const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
        const found = complaint(token, held);
        const overloaded = options.isOverloadedFor?.();
        const keys = overloaded === undefined ? [] : [overloaded];
        if (found === null && complaintAbout(token ?? '', { keys, now: clock() }) === null) send(503, {});
        else if (found === null) send(200, { ok: true });
        else send(options.rejectsWith ?? 401, { error: found });
        return;
      }
      default:
        send(404, {});
    }
  });
  const sockets = new WebSocketServer({ noServer: true });
  const open = new Set<Duplex>();
  server.on('connection', (connection) => {
    open.add(connection);
    connection.on('close', () => open.delete(connection));
    connection.on('error', () => {});
  });
  server.on('upgrade', (request, connection, head) => {
    const found = complaint(
      /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1],
      replicaOf(request).held,
    );
    sockets.handleUpgrade(request, connection, head, (socket: WebSocket) => {
      socket.on('error', () => {});
      if (found === null) socket.send(JSON.stringify({ type: 'connection_established' }));
      else socket.close(1008, found);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    socket: `ws://127.0.0.1:${address.port}/ws`,
    async close() {
      for (const connection of open) connection.destroy();
      sockets.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The first digits of SHA-256 over a key. */
const digest = (key: Key): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

function mintedWith(key: Key, life: number, now: number): string {
  const iat = Math.floor(now / 1000);
  const signed = [
    { alg: 'HS256', typ: 'JWT' },
    { sub: 'e2e', jti: randomUUID(), iat, exp: iat + life },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
}

function issuedAt(token: string): number {
  const { iat }: { iat?: unknown } = JSON.parse(
    Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
  );
  return typeof iat === 'number' ? iat : Number.POSITIVE_INFINITY;
}

/** The configuration of such a service: both transports. */
export function overlapParticipant({ origin, socket }: OverlapService, more: object = {}) {
  return {
    source: { kind: 'http', url: `${origin}/fingerprint`, samples: 4 },
    probes: [
      { kind: 'http', name: 'me', url: `${origin}/me`, samples: 2 },
      {
        kind: 'websocket',
        name: 'socket',
        url: socket,
        samples: 2,
        settle: '100ms',
        accepted: { message: { json: { '/type': 'connection_established' } } },
      },
    ],
    ...more,
  };
}
