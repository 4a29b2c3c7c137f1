import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

export interface WebSocketServerOptions {
  /** The treatment of an open socket. */
  readonly connected?: (socket: WebSocket, request: IncomingMessage) => void;
  /** Handles the handshake itself; `false` leaves it to the server. */
  readonly handshake?: (request: IncomingMessage, connection: Duplex) => boolean;
  /** Additional options of `ws`, such as `perMessageDeflate` and `handleProtocols`. */
  readonly options?: ServerOptions;
}

export interface RunningWebSocketServer {
  /** Such as `ws://127.0.0.1:1234`. */
  readonly url: string;
  /** Every received handshake. */
  readonly handshakes: readonly IncomingMessage[];
  /** Connections that are still open. */
  readonly connections: ReadonlySet<Duplex>;
  close(): Promise<void>;
}

/** A real WebSocket server on a free port of this machine. */
export async function startWebSocketServer(
  behaviour: WebSocketServerOptions = {},
): Promise<RunningWebSocketServer> {
  const http = createServer((_, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true, ...behaviour.options });
  const handshakes: IncomingMessage[] = [];
  const connections = new Set<Duplex>();
  http.on('connection', (connection) => {
    connections.add(connection);
    connection.on('close', () => connections.delete(connection));
    connection.on('error', () => {});
  });
  http.on('upgrade', (request, connection, head) => {
    handshakes.push(request);
    if (behaviour.handshake?.(request, connection)) {
      // Half-open by default: nothing else would end the socket after the other side ended it.
      connection.on('end', () => connection.end());
      connection.resume();
      return;
    }
    sockets.handleUpgrade(request, connection, head, (socket) => {
      socket.on('error', () => {});
      behaviour.connected?.(socket, request);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return {
    url: `ws://127.0.0.1:${address.port}`,
    handshakes,
    connections,
    async close() {
      for (const connection of connections) connection.destroy();
      sockets.close();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** Answers a handshake with another status than 101. */
export function refuse(connection: Duplex, statusLine: string, body = ''): true {
  const head = [
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  connection.end(`HTTP/1.1 ${statusLine}\r\n${head.join('\r\n')}\r\n\r\n${body}`);
  return true;
}
