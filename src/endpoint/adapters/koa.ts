import { fingerprintHandler } from '../handler.js';
import type { FingerprintOptions } from '../options.js';
import { addressOf, type Incoming, webRequest } from './request.js';

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
    const answer = await handle(webRequest(context.req), addressOf(context.req));
    const body = await answer.text();
    context.status = answer.status;
    context.body = body;
    // Set after the body, because Koa derives a content type from the body.
    answer.headers.forEach((value, name) => {
      context.set(name, value);
    });
  };
}
