import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { SignJWT } from 'jose';
import { type WebSocket, WebSocketServer } from 'ws';
import { fingerprintHandler, type KeySource } from '../endpoint/index.js';
import { bearer, type Routes } from './json-server.js';
import { audience, issuer, type Verifier } from './verifier.js';

/** `GET /api/me`, which requires a token. */
export function meRoute(verify: Verifier): Routes {
  return {
    'GET /api/me': async ({ headers }) => {
      const claims = await verify(bearer(headers) ?? '');
      if (claims !== null) return { status: 200, body: { subject: claims.sub } };
      const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' };
      return { status: 401, body: { error: 'invalid_token' }, headers: challenge };
    },
  };
}

/** How an issuer signs tokens for end-to-end tests. */
interface Minting {
  /** The key in use. */
  key(): string | Uint8Array;
  /** The version of that key, if it is known. */
  version?(): string | undefined;
  /** The bearer token that gives access. */
  readonly token: string;
  /** Seconds. */
  readonly life: number;
  readonly now: () => Date;
}

/** `POST /auth/e2e-token`, which returns a token for end-to-end tests. */
export function mintRoute({ key, version, token: credential, life, now }: Minting): Routes {
  return {
    'POST /auth/e2e-token': async ({ headers }) => {
      if (bearer(headers) !== credential) return { status: 401, body: { error: 'unauthorized' } };
      const iat = Math.floor(now().getTime() / 1000);
      const [signing, signedBy] = [key(), version?.()];
      const token = await new SignJWT({ token_type: 'access', email: 'e2e@example.com' })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject('e2e')
        .setJti(randomUUID())
        .setIssuedAt(iat)
        .setExpirationTime(iat + life)
        .sign(typeof signing === 'string' ? new TextEncoder().encode(signing) : signing);
      return {
        status: 200,
        body: { access_token: token, token_type: 'Bearer', expires_in: life, version: signedBy },
      };
    },
  };
}

/** The keys of the reported fingerprints: they should be those that verify. */
type FingerprintRoute = KeySource & {
  readonly service: string;
  readonly instance: string;
  /** The bearer token that gives access. */
  readonly token: string;
};

/** The endpoint that a service embeds to show which secret it holds: the very one of `jwtcheck/endpoint`. */
export function fingerprintRoute(route: FingerprintRoute): Routes {
  const handle = fingerprintHandler({
    ...route,
    environment: 'staging',
    algorithm: 'HS256',
    rateLimit: false,
  });
  return {
    'GET /internal/jwt-fingerprint': async ({ headers: { authorization = '' }, query }) => {
      const response = await handle(new Request(`http://localhost/${query}`, { headers: { authorization } }));
      return {
        status: response.status,
        body: await response.json(),
        headers: Object.fromEntries(response.headers),
      };
    },
  };
}

/** The WebSocket of a server. */
export interface WebSocketRoute {
  /** Ends every connection, at once. */
  destroy(): void;
}

/** RFC 6455 §7.4.1: policy violation. */
const policyViolation = 1008;

/**
 * Adds a WebSocket at `/ws`. Like many real services, it accepts every connection first and closes it afterwards if the
 * token is invalid. An open socket is not yet an accepted token.
 */
export function webSocketRoute(server: Server, verify: Verifier): WebSocketRoute {
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
    sockets.handleUpgrade(request, socket, head, (connection) => void greet(connection, token, verify));
  });
  return {
    destroy() {
      for (const socket of raw) socket.destroy();
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
