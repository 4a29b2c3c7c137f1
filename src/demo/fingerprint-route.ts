import { createHash } from 'node:crypto';
import { bearer, type Routes } from './json-server.js';

export interface FingerprintRoute {
  readonly service: string;
  readonly instance: string;
  /** The key whose fingerprint is shown: it should be the one that verifies. */
  readonly key: string;
  /** Other keys that verify, too. */
  readonly alsoKeys?: readonly string[];
  /** Who sends this bearer token may see it. */
  readonly token: string;
  readonly loadedAt: Date;
}

/** The endpoint that a service embeds to show which secret it holds. */
export function fingerprintRoute(route: FingerprintRoute): Routes {
  const { service, instance, key, alsoKeys = [], token, loadedAt } = route;
  return {
    'GET /internal/jwt-fingerprint': ({ headers }) => {
      if (bearer(headers) !== token) return { status: 401, body: { error: 'unauthorized' } };
      return {
        status: 200,
        body: {
          fingerprint: fingerprintOf(key),
          accepts: [key, ...alsoKeys].map(fingerprintOf),
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

function fingerprintOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}
