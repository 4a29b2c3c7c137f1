import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { audience, issuer, strictVerifier } from '../../src/demo/verifier.js';
import { json, startServer, type TestServer } from './http-server.js';

/**
 * A healthy service: it reports the fingerprint of its key at `/fingerprint`, and `/me` requires a token signed with
 * it.
 */
export interface Service extends TestServer {
  /** From now on it holds this key. */
  hold(key: string): void;
}

/** The number of requests in progress across several services. */
export interface Load {
  now: number;
  most: number;
}

/** Starts a service; `delayMs` is the delay of each answer. */
export async function startService(
  key: string,
  options: { delayMs?: number; load?: Load } = {},
): Promise<Service> {
  const { delayMs = 0, load = { now: 0, most: 0 } } = options;
  let held = key;
  const server = await startServer(async (request, response) => {
    load.now += 1;
    load.most = Math.max(load.most, load.now);
    await sleep(delayMs);
    load.now -= 1;
    if (request.url?.split('?')[0] === '/fingerprint')
      return json({ fingerprint: fingerprint(held), instance: 'one' })(request, response);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const good = (await strictVerifier(held)(token)) !== null;
    json(good ? { ok: true } : { error: 'invalid_token' }, good ? 200 : 401)(request, response);
  });
  return Object.assign(server, {
    hold(next: string) {
      held = next;
    },
  });
}

export const fingerprint = (key: string | Uint8Array, length = 8): string =>
  createHash('sha256').update(key).digest('hex').slice(0, length);

/** The configuration of a service. */
export function participant({ origin }: Pick<Service, 'origin'>) {
  return {
    source: { kind: 'http', url: `${origin}/fingerprint` },
    probes: [{ kind: 'http', name: 'me', url: `${origin}/me` }],
  };
}

/** Variable that holds the reference's secret. */
export const variable = 'THE_SECRET';

/** A configuration whose reference is the secret in `THE_SECRET`. */
export function configOf(participants: Readonly<Record<string, unknown>>, more: object = {}) {
  return {
    token: { issuer, audience },
    timeout: '10s',
    ...more,
    environments: {
      staging: {
        reference: 'store',
        participants: { store: { source: { kind: 'env', names: [variable] } }, ...participants },
      },
    },
  };
}
