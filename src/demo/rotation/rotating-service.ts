import { type Agent, request, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AliasedKey,
  byAlias,
  type KeyRing,
  type KeyRingOptions,
  keyRing,
} from '../../endpoint/index.js';
import { resolve } from '../../schema/json-pointer.js';
import { parseJson } from '../../schema/read-json.js';
import { secretId } from '../configuration.js';
import { jsonServer, type Listening, listen } from '../json-server.js';
import { loadBalancer } from '../load-balancer.js';
import {
  fingerprintRoute,
  meRoute,
  mintRoute,
  type WebSocketRoute,
  webSocketRoute,
} from '../service-routes.js';
import { anyOf, strictVerifier, type Verifier } from '../verifier.js';

interface RotatingServiceOptions {
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

/** Reads a version of the demo's secret by its alias, as a service does that follows aliases. */
function aliasReader(url: string, agent: Agent): (alias: string, signal: AbortSignal) => Promise<AliasedKey> {
  const { project, secret } = secretId;
  const versions = `${url}/v1/projects/${project}/secrets/${secret}/versions`;
  return async (alias, signal) => {
    const { status, body } = await get(`${versions}/${alias}:access`, agent, signal);
    if (status === 404) return null;
    const key = Buffer.from(textAt(body, '/payload/data'), 'base64');
    return { key, version: textAt(body, '/name').split('/').at(-1) };
  };
}

/** The loader of a service in overlap mode: it signs with `current`, and accepts `next` and `previous`, too. */
export const aliasLoader = (url: string, agent: Agent) => byAlias(aliasReader(url, agent));

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** @throws an error for every answer except 200 and 404 */
function get(url: string, agent: Agent, signal: AbortSignal): Promise<Answer> {
  return new Promise((settle, reject) => {
    const sent = request(url, { agent, signal }, async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const status = response.statusCode ?? 0;
        if (status !== 200 && status !== 404) throw new Error(`Secret Manager answered ${status}`);
        settle({ status, body: parseJson(Buffer.concat(chunks).toString('utf8')) });
      } catch (error) {
        reject(error);
      }
    });
    sent.on('error', reject).end();
  });
}

function textAt(body: unknown, pointer: string): string {
  const found = resolve(body, pointer);
  return found.found && typeof found.value === 'string' ? found.value : '';
}
