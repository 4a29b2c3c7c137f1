import { once } from 'node:events';
import { createServer, Server as HttpServer, type IncomingHttpHeaders } from 'node:http';
import type { Server } from 'node:net';
import { parseJson } from '../schema/read-json.js';

/** A running server. */
export interface Listening {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Closes it with every connection, at once. Later calls have no effect. */
  close(): Promise<void>;
}

/** Starts a server on loopback; without a port, on a free one. */
export async function listen(server: Server, port = 0): Promise<Listening> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('not a TCP server');
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    if (server instanceof HttpServer) server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** The request as a route receives it. */
interface JsonRequest {
  readonly headers: IncomingHttpHeaders;
  /** The query with its question mark; empty if there is no query. */
  readonly query: string;
  /** The parsed body; `null` if it is missing or not JSON. */
  readonly body: unknown;
}

interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Handlers by method and path, such as `GET /health`. */
export type Routes = Readonly<Record<string, (request: JsonRequest) => JsonAnswer | Promise<JsonAnswer>>>;

/** The maximum length of a request body; bytes. */
const longestBody = 64 * 1024;

/** An HTTP server with JSON answers, as small services have. Unknown paths get a 404, failures a 500. */
export function jsonServer(routes: Routes): HttpServer {
  return createServer(async (request, response) => {
    const send = ({ status, body, headers }: JsonAnswer): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(`${JSON.stringify(body)}\n`);
    };
    try {
      const [path, query] = (request.url ?? '/').split(/(?=\?)/, 2);
      const key = `${request.method} ${path}`;
      const route = Object.hasOwn(routes, key) ? routes[key] : undefined;
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of request) {
        size += chunk.length;
        if (size > longestBody) return send({ status: 413, body: { error: 'too_large' } });
        chunks.push(chunk);
      }
      if (route === undefined) return send({ status: 404, body: { error: 'not_found' } });
      send(
        await route({
          headers: request.headers,
          query: query ?? '',
          body: parseJson(Buffer.concat(chunks).toString('utf8')) ?? null,
        }),
      );
    } catch {
      if (!response.headersSent) send({ status: 500, body: { error: 'internal' } });
    }
  });
}

/** The token of `Authorization: Bearer` (RFC 6750 §2.1), or `null`. */
export function bearer(headers: IncomingHttpHeaders): string | null {
  return /^Bearer +([^ ]+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
