import { fingerprintHandler } from '../handler.js';
import type { FingerprintOptions } from '../options.js';
import { addressOf, type Incoming, webRequest } from './request.js';

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
    const answer = await handle(webRequest(request.raw), addressOf(request.raw));
    const body = await answer.text();
    reply.code(answer.status);
    answer.headers.forEach((value, name) => {
      reply.header(name, value);
    });
    reply.send(body);
  };
}
