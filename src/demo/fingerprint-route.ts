import { fingerprintHandler, type KeySource } from '../endpoint/index.js';
import type { Routes } from './json-server.js';

/** The keys of the reported fingerprints: they should be those that verify. */
export type FingerprintRoute = KeySource & {
  readonly service: string;
  readonly instance: string;
  /** The bearer token that gives access. */
  readonly token: string;
};

/** The endpoint that a service embeds to show which secret it holds: the very one of `jwtcheck/endpoint`. */
export function fingerprintRoute(route: FingerprintRoute): Routes {
  const handle = fingerprintHandler({
    ...route,
    environment: 'staging',
    algorithm: 'HS256',
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
