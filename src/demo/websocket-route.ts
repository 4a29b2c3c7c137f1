import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Verifier } from './verifier.js';

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
