import { type FingerprintHandler, fingerprintHandler } from './handler.js';
import type { FingerprintOptions } from './options.js';

/** The request of servers on `node:http`, regardless of the framework. */
export interface Incoming {
  readonly method?: string | undefined;
  /** Path and query. */
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The connection. */
  readonly socket?: { readonly remoteAddress?: string | undefined } | undefined;
}

/** Converts to a web-standard request. The endpoint ignores host and path, so that they may have any value. */
function webRequest({ method = 'GET', url = '/', headers }: Incoming): Request {
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const copied = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    // Names that start with a colon belong to HTTP/2 itself (RFC 9113 §8.3).
    if (value === undefined || name.startsWith(':')) continue;
    try {
      copied.set(name, typeof value === 'string' ? value : value.join(', '));
    } catch {
      // Lenient parsers accept invalid header values (RFC 9110 §5.5). Such a header is ignored.
    }
  }
  return new Request(`http://localhost/${query}`, { method: known(method), headers: copied });
}

/** `Request` does not support some methods (Fetch §2.2.1). The endpoint answers all other methods in the same way. */
const known = (method: string): string => (method === 'GET' || method === 'HEAD' ? method : 'POST');

/** Answers a request of `node:http`, with the address of its connection for the rate limits. */
async function respond(handle: FingerprintHandler, request: Incoming) {
  const answer = await handle(webRequest(request), request.socket?.remoteAddress);
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
}

/** The used part of `http.ServerResponse`. */
export interface NodeResponse {
  statusCode: number;
  readonly headersSent?: boolean | undefined;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/**
 * A handler for `node:http`, Express, Connect and other frameworks that call `(request, response)`.
 * @throws TypeError like `fingerprintHandler`
 */
export function nodeHandler(
  options: FingerprintOptions,
): (request: Incoming, response: NodeResponse) => Promise<void> {
  const handle = fingerprintHandler(options);
  return async (request, response) => {
    const { status, headers, body } = await respond(handle, request);
    // Something else has answered meanwhile, such as a time limit of the server. To set a header would throw, and servers
    // do not handle the rejection, which ends the process.
    if (response.headersSent === true) return;
    response.statusCode = status;
    headers.forEach((value, name) => {
      response.setHeader(name, value);
    });
    response.end(body);
  };
}

/** The used part of Koa's context. */
export interface KoaContextLike {
  readonly req: Incoming;
  status: number;
  body: unknown;
  set(name: string, value: string): unknown;
}

/**
 * A middleware for Koa that answers every request that reaches it: mount it behind a router, or a condition on the
 * path.
 * @throws TypeError like `fingerprintHandler`
 */
export function koaMiddleware(options: FingerprintOptions): (context: KoaContextLike) => Promise<void> {
  const handle = fingerprintHandler(options);
  return async (context) => {
    const { status, headers, body } = await respond(handle, context.req);
    context.status = status;
    context.body = body;
    // Set after the body, because Koa derives a content type from the body.
    headers.forEach((value, name) => {
      context.set(name, value);
    });
  };
}

/** The used part of Fastify's request. */
export interface FastifyRequestLike {
  readonly raw: Incoming;
}

/** The used part of Fastify's reply. */
export interface FastifyReplyLike {
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body: string): unknown;
}

/**
 * A route handler for Fastify.
 * @throws TypeError like `fingerprintHandler`
 */
export function fastifyHandler(
  options: FingerprintOptions,
): (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<void> {
  const handle = fingerprintHandler(options);
  return async (request, reply) => {
    const { status, headers, body } = await respond(handle, request.raw);
    reply.code(status);
    headers.forEach((value, name) => {
      reply.header(name, value);
    });
    reply.send(body);
  };
}

/** The used part of Hono's context. */
export interface HonoContextLike {
  readonly req: { readonly raw: Request };
}

/**
 * A handler for Hono.
 * @throws TypeError like `fingerprintHandler`
 */
export function honoHandler(
  options: FingerprintOptions,
): (context: HonoContextLike) => ReturnType<FingerprintHandler> {
  const handle = fingerprintHandler(options);
  return (context) => handle(context.req.raw);
}
