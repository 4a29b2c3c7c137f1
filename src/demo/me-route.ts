import { bearer, type Routes } from './json-server.js';
import type { Verifier } from './verifier.js';

/** `GET /api/me`, which requires a token. */
export function meRoute(verify: Verifier): Routes {
  return {
    'GET /api/me': async ({ headers }) => {
      const claims = await verify(bearer(headers) ?? '');
      if (claims !== null) return { status: 200, body: { subject: claims.sub } };
      const challenge = { 'www-authenticate': 'Bearer error="invalid_token"' };
      return { status: 401, body: { error: 'invalid_token' }, headers: challenge };
    },
  };
}
