import { json, startServer, type TestServer } from './http-server.js';
import { tokensIn } from './leaks.js';
import { fingerprint } from './service.js';
import { type RunningWebSocketServer, refuse, startWebSocketServer } from './websocket-server.js';

/** Services that repeat all input and the secret, in every place where a service can answer. */
export interface Echo {
  /** By its path: `/fail`, `/refuse`, `/nested`, `/redirect`, `/instance`, `/secret`, `/text`, `/mint`. */
  readonly mirror: TestServer;
  /** WebSockets that repeat it when they close, in a message, and when they reject the handshake. */
  readonly sockets: { readonly closing: string; readonly telling: string; readonly refusing: string };
  /** Requests, handshakes and messages so far. */
  readonly received: readonly string[];
  /** Each token that any of them was sent, and each bearer token. */
  heard(from?: number): string[];
  close(): Promise<void>;
}

export async function startEcho(secret: string): Promise<Echo> {
  const received: string[] = [];
  const mirror = await startMirror(secret, received);
  const [closing, telling, refusing] = await startSockets(secret, received);
  return {
    mirror,
    sockets: { closing: closing.url, telling: telling.url, refusing: refusing.url },
    received,
    heard: (from = 0) => {
      const texts = received.slice(from);
      return [...(texts.join('\n').match(/Bearer \S+/g) ?? []), ...texts.flatMap(tokensIn)];
    },
    close: async () => {
      await Promise.all([mirror, closing, telling, refusing].map((one) => one.close()));
    },
  };
}

function startMirror(secret: string, received: string[]): Promise<TestServer> {
  return startServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const head = `${request.method} ${request.url} ${request.rawHeaders.join(' ')}`;
      const authorization = request.headers.authorization ?? '';
      received.push(head, body);
      const all = { head, body, authorization, secret };
      const said = {
        error: `${authorization} ${secret}`,
        message: secret,
        reason: head,
        code: body,
        detail: JSON.stringify(all),
      };
      const path = new URL(request.url ?? '/', 'http://x').pathname;
      if (path.startsWith('/redirect')) {
        const location = `http://127.0.0.1:1/${encodeURIComponent(head)}?token=${encodeURIComponent(authorization)}`;
        response.writeHead(302, { location, 'x-echo': encodeURIComponent(head) }).end(secret);
      } else if (path.startsWith('/instance')) {
        const shown = received.length % 2 === 0 ? fingerprint(secret) : '11111111';
        json({ fingerprint: shown, instance: `${secret} ${authorization}`, version: secret, service: head })(
          request,
          response,
        );
      } else if (path.startsWith('/secret')) json({ fingerprint: secret })(request, response);
      else if (path.startsWith('/text')) response.writeHead(200).end(`${head}\n${body}\n${secret}`);
      else if (path.startsWith('/mint'))
        json({ access_token: `${authorization} ${secret}`, ...said })(request, response);
      else if (path.startsWith('/nested')) json({ error: said }, 401)(request, response);
      else json(said, path.startsWith('/refuse') ? 401 : 500)(request, response);
    });
  });
}

function startSockets(
  secret: string,
  received: string[],
): Promise<[RunningWebSocketServer, RunningWebSocketServer, RunningWebSocketServer]> {
  return Promise.all([
    startWebSocketServer({
      connected: (socket, request) => {
        received.push(request.rawHeaders.join(' '), request.url ?? '');
        socket.on('message', (data) => {
          received.push(data.toString());
          socket.close(1008, data.toString().slice(0, 120));
        });
        const reason = request.headers.authorization ?? request.url ?? '';
        if (request.headers['x-wait'] === undefined) socket.close(1008, `${secret} ${reason}`.slice(0, 110));
      },
    }),
    startWebSocketServer({
      connected: (socket, request) => {
        received.push(request.rawHeaders.join(' '), request.url ?? '');
        socket.send(JSON.stringify({ type: 'DENIED', error: request.rawHeaders.join(' '), message: secret }));
      },
    }),
    startWebSocketServer({
      handshake: (request, connection) => {
        received.push(request.rawHeaders.join(' '), request.url ?? '');
        return refuse(
          connection,
          '403 Forbidden',
          JSON.stringify({ error: request.rawHeaders.join(' '), secret }),
        );
      },
    }),
  ]);
}
