import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request as relay,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { authority, type Certificate, pair } from './certificates.js';

/** A real server on this machine. */
export interface TestServer {
  /** Such as `http://127.0.0.1:1234`. */
  readonly origin: string;
  readonly port: number;
  /** Every request so far, oldest first. */
  readonly requests: readonly IncomingMessage[];
  /** The number of connections since the start. */
  readonly connections: number;
  close(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTP server on a free port of 127.0.0.1, or of another address. */
export function startServer(answer: Answer, host = '127.0.0.1', port = 0): Promise<TestServer> {
  return listen((listener) => createServer(listener), 'http', answer, host, port);
}

/** An HTTPS server with one of the test certificates; with `clients`, it requires a client certificate. */
export function startTlsServer(
  answer: Answer,
  options: { certificate?: Certificate; clients?: boolean } = {},
): Promise<TestServer> {
  const { certificate = 'server', clients = false } = options;
  const settings = {
    ...pair(certificate),
    ...(clients ? { ca: authority(), requestCert: true, rejectUnauthorized: true } : {}),
  };
  return listen((listener) => createTlsServer(settings, listener), 'https', answer, '127.0.0.1', 0);
}

/** Answers JSON. */
export function json(body: unknown, status = 200): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
}

/** A bare TCP server, for answers that no HTTP server would give. */
export async function startTcpServer(
  onConnection: (socket: Socket, count: number) => void,
): Promise<TestServer> {
  let connections = 0;
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    connections += 1;
    keep(open, socket);
    onConnection(socket, connections);
  });
  const port = await started(server, '127.0.0.1', 0);
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    requests: [],
    get connections() {
      return connections;
    },
    close: () => stopped(server, open),
  };
}

export interface TestProxy extends TestServer {
  /** The target of CONNECT, such as `auth.example.test:443`. */
  readonly tunnels: readonly string[];
}

/** An HTTP proxy that resolves every name to 127.0.0.1; with `credentials` (`user:password`), it requires them. */
export async function startProxy(
  options: { credentials?: string; refuse?: number } = {},
): Promise<TestProxy> {
  const tunnels: string[] = [];
  const open = new Set<Socket>();
  const expected =
    options.credentials === undefined ? null : `Basic ${Buffer.from(options.credentials).toString('base64')}`;
  const welcome = (request: IncomingMessage): boolean =>
    expected === null || request.headers['proxy-authorization'] === expected;
  const answer: Answer = (request, response) => {
    if (!welcome(request)) return void response.writeHead(407).end();
    const url = new URL(request.url ?? '');
    const passed = relay(
      {
        host: '127.0.0.1',
        port: url.port,
        path: url.pathname,
        method: request.method,
        headers: request.headers,
      },
      (answered) => {
        response.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(response);
      },
    );
    request.pipe(passed);
  };
  const onConnect = (request: IncomingMessage, socket: Socket): void => {
    tunnels.push(request.url ?? '');
    const refused = welcome(request) ? options.refuse : 407;
    if (refused !== undefined) return void socket.end(`HTTP/1.1 ${refused} No\r\ncontent-length: 0\r\n\r\n`);
    const target = connect({ host: '127.0.0.1', port: Number(/\d+$/.exec(request.url ?? '')?.[0]) }, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    keep(open, target);
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  };
  const server = await listen(
    (listener) =>
      createServer(listener).on('connect', (request: IncomingMessage, socket: Socket) =>
        onConnect(request, socket),
      ),
    'http',
    answer,
    '127.0.0.1',
    0,
  );
  return {
    origin: server.origin,
    port: server.port,
    requests: server.requests,
    tunnels,
    get connections() {
      return server.connections;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await server.close();
    },
  };
}

/**
 * A port without a listener, outside the range of ephemeral ports: another test's next server would otherwise get it.
 */
export async function unusedPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createTcpServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

async function listen(
  create: (listener: RequestListener) => Server,
  scheme: string,
  answer: Answer,
  host: string,
  port: number,
): Promise<TestServer> {
  const requests: IncomingMessage[] = [];
  let connections = 0;
  const open = new Set<Socket>();
  const server = create((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.on('connection', (socket: Socket) => {
    connections += 1;
    keep(open, socket);
  });
  const actual = await started(server, host, port);
  return {
    origin: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    port: actual,
    requests,
    get connections() {
      return connections;
    },
    close: () => stopped(server, open),
  };
}

function keep(open: Set<Socket>, socket: Socket): void {
  open.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => open.delete(socket));
}

async function started(server: TcpServer, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function stopped(server: TcpServer, open: Set<Socket>): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  for (const socket of open) socket.destroy();
  await closed;
}
