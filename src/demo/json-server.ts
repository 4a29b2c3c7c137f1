import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { parseJson } from '../schema/read-json.js';

/** The request as a route receives it. */
export interface JsonRequest {
  readonly headers: IncomingHttpHeaders;
  /** The query with its question mark; empty if there is no query. */
  readonly query: string;
  /** The parsed body; `null` if it is missing or not JSON. */
  readonly body: unknown;
}

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Handlers by method and path, such as `GET /health`. */
export type Routes = Readonly<Record<string, (request: JsonRequest) => JsonAnswer | Promise<JsonAnswer>>>;

/** The maximum length of a request body; bytes. */
const longestBody = 64 * 1024;

/** An HTTP server with JSON answers, as small services have. Unknown paths get a 404, failures a 500. */
export function jsonServer(routes: Routes): Server {
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
