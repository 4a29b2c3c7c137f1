import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { fingerprintRoute } from './fingerprint-route.js';
import { bearer, jsonServer } from './json-server.js';
import { type Listening, listen } from './listen.js';
import type { Verifier } from './verifier.js';

export interface BackendService {
  /** The key of the reported fingerprint. */
  readonly shownKey: string;
  /** Additional keys that also verify. */
  readonly alsoKeys?: readonly string[];
  readonly http: Verifier;
  readonly websocket: Verifier;
  readonly fingerprintToken: string;
  readonly now: () => Date;
  /** Default: a free one. */
  readonly port?: number | undefined;
}

/** RFC 6455 §7.4.1: policy violation. */
const policyViolation = 1008;

/**
 * A verifier with HTTP and a WebSocket. Like many real services, the WebSocket accepts every connection first and
 * closes it afterwards if the token is invalid. An open socket is not yet an accepted token.
 */
export async function startBackendService(options: BackendService): Promise<Listening> {
  const { shownKey, alsoKeys = [], http, websocket, fingerprintToken, now, port } = options;
  const server = jsonServer({
    ...fingerprintRoute({
      service: 'backend_service',
      instance: 'backend-1',
      key: shownKey,
      alsoKeys,
      token: fingerprintToken,
      loadedAt: now(),
    }),
    'GET /api/me': async ({ headers }) => {
      const claims = await http(bearer(headers) ?? '');
      if (claims !== null) return { status: 200, body: { subject: claims.sub } };
      const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' };
      return { status: 401, body: { error: 'invalid_token' }, headers: challenge };
    },
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: 64 * 1024,
    // Browsers abort if none of the offered subprotocols is echoed; the one with the token must not be echoed.
    handleProtocols: (offered) => (offered.has('jwt-auth') ? 'jwt-auth' : false),
  });
  const raw = new Set<Socket>();
  server.on('upgrade', (request, socket: Socket, head) => {
    raw.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => raw.delete(socket));
    if (request.url?.split('?')[0] !== '/ws') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const token = offeredToken(request.headers['sec-websocket-protocol'] ?? '');
    sockets.handleUpgrade(request, socket, head, (connection) => void greet(connection, token, websocket));
  });

  const listening = await listen(server, port);
  return {
    ...listening,
    close: async () => {
      for (const socket of raw) socket.destroy();
      await listening.close();
    },
  };
}

async function greet(connection: WebSocket, token: string, verify: Verifier): Promise<void> {
  connection.on('error', () => {});
  const claims = await verify(token);
  if (claims !== null) {
    connection.send(JSON.stringify({ type: 'connection_established', subject: claims.sub }));
    return;
  }
  connection.send(JSON.stringify({ type: 'error', code: 'VALIDATION_FAILED' }));
  connection.close(policyViolation, 'VALIDATION_FAILED');
}

/** The token in the subprotocol `jwt.TOKEN`, where it is encoded in base64url. */
function offeredToken(protocols: string): string {
  const offered = protocols.split(',').map((protocol) => protocol.trim());
  const encoded = offered.find((protocol) => protocol.startsWith('jwt.'))?.slice('jwt.'.length) ?? '';
  return Buffer.from(encoded, 'base64url').toString('utf8');
}
