import { createHash } from 'node:crypto';
import { bearer, type Routes } from './json-server.js';

export interface FingerprintRoute {
  readonly service: string;
  readonly instance: string;
  /** The key whose fingerprint is shown: it should be the one that verifies. */
  readonly key: string;
  /** Who sends this bearer token may see it. */
  readonly token: string;
  readonly loadedAt: Date;
}

/** The endpoint that a service embeds to show which secret it holds. */
export function fingerprintRoute({ service, instance, key, token, loadedAt }: FingerprintRoute): Routes {
  return {
    'GET /internal/jwt-fingerprint': ({ headers }) => {
      if (bearer(headers) !== token) return { status: 401, body: { error: 'unauthorized' } };
      const fingerprint = createHash('sha256').update(key).digest('hex').slice(0, 8);
      return {
        status: 200,
        body: {
          fingerprint,
          accepts: [fingerprint],
          algorithm: 'HS256',
          service,
          environment: 'staging',
          instance,
          loadedAt: loadedAt.toISOString(),
        },
      };
    },
  };
}
