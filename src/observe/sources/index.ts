import { command } from './command.js';
import { env } from './env.js';
import { file } from './file.js';
import { googleSecretManager } from './google/secret-manager.js';
import { http } from './http/http-source.js';
import { pinned } from './pinned.js';
import { token } from './token.js';

/** Every kind of source. A new one is a file beside these and a line here; schema, types and documentation follow. */
export const sources = {
  'google-secret-manager': googleSecretManager,
  http,
  env,
  file,
  command,
  pinned,
  token,
} as const;

export type SourceKind = keyof typeof sources;
