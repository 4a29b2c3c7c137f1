import { fingerprintHandler } from '../endpoint/index.js';
import type { Routes } from './json-server.js';

export interface FingerprintRoute {
  readonly service: string;
  readonly instance: string;
  /** The key of the reported fingerprint: it should be the one that verifies. */
  readonly key: string;
  /** Additional keys that also verify. */
  readonly alsoKeys?: readonly string[];
  /** The bearer token that gives access. */
  readonly token: string;
  readonly loadedAt: Date;
}

/** The endpoint that a service embeds to show which secret it holds: the very one of `jwtcheck/endpoint`. */
export function fingerprintRoute(route: FingerprintRoute): Routes {
  const { service, instance, key, alsoKeys = [], token, loadedAt } = route;
  const handle = fingerprintHandler({
    service,
    environment: 'staging',
    instance,
    secret: () => key,
    accepts: () => alsoKeys,
    algorithm: 'HS256',
    loadedAt,
    token,
    rateLimit: false,
  });
  return {
    'GET /internal/jwt-fingerprint': async ({ headers: { authorization = '' }, query }) => {
      const response = await handle(new Request(`http://localhost/${query}`, { headers: { authorization } }));
      return {
        status: response.status,
        body: await response.json(),
        headers: Object.fromEntries(response.headers),
      };
    },
  };
}
