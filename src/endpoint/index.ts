export { type FastifyReplyLike, type FastifyRequestLike, fastifyHandler } from './adapters/fastify.js';
export { type HonoContextLike, honoHandler } from './adapters/hono.js';
export { type KoaContextLike, koaMiddleware } from './adapters/koa.js';
export { type NodeResponse, nodeHandler } from './adapters/node.js';
export type { Incoming } from './adapters/request.js';
export { type FingerprintHandler, fingerprintHandler } from './handler.js';
export type { Access, FingerprintOptions, Key, Limits, Told } from './options.js';
