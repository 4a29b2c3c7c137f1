import { fingerprintRoute } from './fingerprint-route.js';
import { jsonServer } from './json-server.js';
import { type Listening, listen } from './listen.js';
import { meRoute } from './me-route.js';
import type { Verifier } from './verifier.js';
import { webSocketRoute } from './websocket-route.js';

export interface BackendService {
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
