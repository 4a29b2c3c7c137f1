export {
  type FastifyReplyLike,
  type FastifyRequestLike,
  fastifyHandler,
  type HonoContextLike,
  honoHandler,
  type Incoming,
  type KoaContextLike,
  koaMiddleware,
  type NodeResponse,
  nodeHandler,
} from './adapters.js';
export { type AliasedKey, type AliasNames, byAlias } from './by-alias.js';
export { type FingerprintHandler, fingerprintHandler } from './handler.js';
export type { Key } from './key.js';
export type { KeyReading, RoleReading } from './key-reading.js';
export { type KeyRing, keyRing } from './key-ring.js';
export type { KeyRingOptions } from './key-ring-options.js';
export type { Access, FingerprintOptions, KeySource, Limits, Told } from './options.js';
