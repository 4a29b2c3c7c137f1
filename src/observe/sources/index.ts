import { command } from './command.js';
import { env } from './env.js';
import { file } from './file.js';
import { googleSecretManager } from './google/google-secret-manager.js';
import { http } from './http/http-source.js';
import { pinned } from './pinned.js';
import { token } from './token.js';

/**
 * All kinds of sources. A new kind is one file in this folder and one line here. The schema, types and documentation
 * follow.
 */
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
