import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type KeyRing, type KeyRingOptions, keyRing } from '../../endpoint/index.js';
import { fingerprintRoute } from '../fingerprint-route.js';
import { jsonServer } from '../json-server.js';
import { type Listening, listen } from '../listen.js';
import { loadBalancer } from '../load-balancer.js';
import { meRoute } from '../me-route.js';
import { mintRoute } from '../mint-route.js';
import { anyOf, strictVerifier, type Verifier } from '../verifier.js';
import { type WebSocketRoute, webSocketRoute } from '../websocket-route.js';

export interface RotatingServiceOptions {
  readonly name: string;
  /** Issues tokens. Every service verifies them, over HTTP and WebSocket. */
  readonly isIssuer: boolean;
  /** How each replica reads its keys. */
  readonly keys: KeyRingOptions;
  /** A replica reads its keys once, when it starts. */
  readonly readsOnce: boolean;
  readonly credentials: { readonly fingerprintToken: string; readonly mintToken: string };
  /** Seconds. */
  readonly tokenLife: number;
  /** Milliseconds that a replica takes to start. */
  readonly startMs: number;
  readonly now: () => Date;
}

/** A service with two replicas behind one address. */
export interface RotatingService extends Listening {
  /** Restarts the replicas one after the other; the other one serves meanwhile. */
  rollOut(): Promise<void>;
}

interface Replica {
  readonly server: Server;
  readonly keys: KeyRing;
  readonly sockets: WebSocketRoute;
}

/** Starts a service whose replicas sign and verify with the keys of their own key ring. */
export async function startRotatingService(options: RotatingServiceOptions): Promise<RotatingService> {
  const running = new Map<number, Replica>();
  const closed = new AbortController();
  const start = async (index: number): Promise<void> => {
    running.set(index, await startReplica(options, index));
  };
  const stop = (index: number): Replica | undefined => {
    const replica = running.get(index);
    replica?.keys.close();
    running.delete(index);
    return replica;
  };
  const indexes = [0, 1];
  try {
    for (const index of indexes) await start(index);
    const listening = await listen(loadBalancer(() => [...running.values()].map(({ server }) => server)));
    return {
      ...listening,
      async rollOut() {
        for (const index of indexes) {
          stop(index);
          await delay(options.startMs, undefined, { signal: closed.signal });
          await start(index);
        }
      },
      async close() {
        closed.abort();
        for (const index of indexes) stop(index)?.sockets.destroy();
        await listening.close();
      },
    };
  } catch (error) {
    for (const index of indexes) stop(index);
    throw error;
  }
}

async function startReplica(options: RotatingServiceOptions, index: number): Promise<Replica> {
  const { name, isIssuer, readsOnce, credentials, tokenLife, now } = options;
  const keys = keyRing(options.keys);
  try {
    await keys.ready();
  } catch (error) {
    keys.close();
    throw error;
  }
  if (readsOnce) keys.close();
  const verify = verifierOf(keys);
  const server = jsonServer({
    ...fingerprintRoute({
      service: name,
      instance: `${name}-${index + 1}`,
      keys,
      token: credentials.fingerprintToken,
    }),
    ...meRoute(verify),
    ...(isIssuer
      ? mintRoute({
          key: () => keys.sign,
          version: () => keys.version,
          token: credentials.mintToken,
          life: tokenLife,
          now,
        })
      : {}),
  });
  return { server, keys, sockets: webSocketRoute(server, verify) };
}

/** Every key that is accepted at this moment. */
const verifierOf =
  (keys: KeyRing): Verifier =>
  (token) =>
    anyOf(keys.accepts.map((key) => strictVerifier(key)))(token);
