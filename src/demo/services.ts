import type { Server } from 'node:http';
import { jsonServer, type Listening, listen, type Routes } from './json-server.js';
import { fingerprintRoute, meRoute, mintRoute, webSocketRoute } from './service-routes.js';
import { strictVerifier, type Verifier } from './verifier.js';

interface AuthService {
  /** Signs and verifies. */
  readonly key: string;
  readonly instance: string;
  /** The credentials and addresses that callers need. */
  readonly credentials: ServiceCredentials;
  readonly now: () => Date;
}

/** The credentials of callers of the services; random in every demo. */
export interface ServiceCredentials {
  readonly serviceId: string;
  readonly serviceSecret: string;
  readonly fingerprintToken: string;
  readonly mintToken: string;
}

/**
 * The issuer. `POST /auth/validate` answers 200 for valid and invalid tokens, and gives the result in the body. `POST
 * /auth/e2e-token` returns a token for end-to-end tests.
 */
export function authService(options: AuthService): Server {
  const { key, instance, credentials, now } = options;
  const verify = strictVerifier(key);
  const routes: Routes = {
    ...fingerprintRoute({
      service: 'auth_service',
      instance,
      secret: () => key,
      accepts: () => [],
      token: credentials.fingerprintToken,
      loadedAt: now(),
    }),
    'POST /auth/validate': async ({ headers, body }) => {
      const known =
        headers['x-service-id'] === credentials.serviceId &&
        headers['x-service-secret'] === credentials.serviceSecret;
      if (!known) return { status: 403, body: { error: 'invalid_service_secret' } };
      const { token, token_type } = fields(body);
      const claims = typeof token === 'string' ? await verify(token) : null;
      if (claims === null || claims.token_type !== token_type) {
        return { status: 200, body: { valid: false, error: 'invalid_token' } };
      }
      return { status: 200, body: { valid: true, subject: claims.sub } };
    },
    ...mintRoute({ key: () => key, token: credentials.mintToken, life: 60, now }),
  };
  return jsonServer(routes);
}

function fields(body: unknown): { token?: unknown; token_type?: unknown } {
  return typeof body === 'object' && body !== null ? body : {};
}

interface BackendService {
  /** The key of the reported fingerprint. */
  readonly shownKey: string;
  /** Additional keys that also verify. */
  readonly alsoKeys?: readonly string[];
  readonly http: Verifier;
  readonly websocket: Verifier;
  readonly fingerprintToken: string;
  readonly now: () => Date;
  /** Default: a free one. */
  readonly port?: number | undefined;
}

/** A verifier with HTTP and a WebSocket. */
export async function startBackendService(options: BackendService): Promise<Listening> {
  const { shownKey, alsoKeys = [], http, websocket, fingerprintToken, now, port } = options;
  const server = jsonServer({
    ...fingerprintRoute({
      service: 'backend_service',
      instance: 'backend-1',
      secret: () => shownKey,
      accepts: () => alsoKeys,
      token: fingerprintToken,
      loadedAt: now(),
    }),
    ...meRoute(http),
  });

  const sockets = webSocketRoute(server, websocket);
  const listening = await listen(server, port);
  return {
    ...listening,
    close: async () => {
      sockets.destroy();
      await listening.close();
    },
  };
}
