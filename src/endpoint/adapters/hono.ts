import { type FingerprintHandler, fingerprintHandler } from '../handler.js';
import type { FingerprintOptions } from '../options.js';

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
