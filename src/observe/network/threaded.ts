import { Worker } from 'node:worker_threads';
import { codeOf } from '../../system-error.js';
import type { HttpRequest, HttpResponse, LastingNetwork, Network, Outcome } from './network.js';
import { type NetworkOptions, openNetwork } from './open.js';
import { proxyVariables } from './proxy.js';
import { type Answered, gathering, type Order, type ThreadOptions } from './thread-messages.js';

/** A request that was given to the thread. */
interface Waiting {
  readonly request: HttpRequest;
  /** The network of the same check on this side. */
  readonly here: Network;
  resolve(outcome: Outcome<HttpResponse>): void;
}

const script = new URL('./thread.js', import.meta.url);

/**
 * A network whose HTTP requests are sent by a thread of their own, while this one makes tokens and reads answers: a
 * check of a thousand services takes two thirds of the time. WebSockets stay on this side. Where no thread can be
 * started, all of it does.
 * @param program what the thread runs
 */
export function openThreaded(options: Omit<NetworkOptions, 'random'>, program = script): LastingNetwork {
  const local = openNetwork(options);
  const waiting = new Map<number, Waiting>();
  let state: 'starting' | 'running' | 'gone' = 'starting';
  let lastCheck = 0;
  let lastId = 0;

  const worker = new Worker(program, { workerData: threadOptions(options), name: 'network' });
  const tell = gathering<Order>((orders) => worker.postMessage(orders));
  worker.on('message', (answers: readonly Answered[]) => {
    // The first list is empty, and says that it runs.
    if (state === 'starting') state = 'running';
    for (const { id, outcome } of answers) {
      const { resolve } = waiting.get(id) ?? {};
      waiting.delete(id);
      resolve?.(outcome.ok ? { ok: true, value: received(outcome.value) } : outcome);
    }
  });
  worker.on('error', (error) => {
    const neverRan = state === 'starting';
    state = 'gone';
    for (const { request, here, resolve } of waiting.values()) {
      if (neverRan) void here.request(request).then(resolve);
      else resolve(lost(request, `the thread that sent it ended (${codeOf(error) ?? 'unexpectedly'})`));
    }
    waiting.clear();
  });

  return {
    ...local,
    during(signal, concurrency = Number.POSITIVE_INFINITY) {
      const here = local.during(signal, concurrency);
      const check = ++lastCheck;
      tell({ is: 'check', check, concurrency });
      signal.addEventListener('abort', () => tell({ is: 'abort', check }), { once: true });
      return {
        ...here,
        request(request) {
          if (state === 'gone') return here.request(request);
          return new Promise((resolve) => {
            const id = ++lastId;
            waiting.set(id, { request, here, resolve });
            tell({ is: 'request', check, id, request, labels: labelsOf(request, options) });
          });
        },
      };
    },
    async close() {
      state = 'gone';
      for (const { request, resolve } of waiting.values())
        resolve(lost(request, 'it was given up because the check ended'));
      waiting.clear();
      await Promise.all([worker.terminate(), local.close()]);
    },
  };
}

/** What of the options can be sent; of the environment, nothing that is not needed there. */
function threadOptions({ env, folder, retries, keepMs }: Omit<NetworkOptions, 'random'>): ThreadOptions {
  return { env: proxyVariables(env), folder, retries, keepMs };
}

function labelsOf(
  { tls }: HttpRequest,
  { label }: Pick<NetworkOptions, 'label'>,
): Map<string, string> | null {
  if (tls === undefined || label === undefined) return null;
  return new Map(
    [tls.ca, tls.cert, tls.key].flatMap((path) => (path === undefined ? [] : [[path, label(path)]])),
  );
}

function received({
  body,
  ...head
}: Omit<HttpResponse, 'body'> & { readonly body: Uint8Array }): HttpResponse {
  return { ...head, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) };
}

function lost({ method, label }: HttpRequest, why: string): Outcome<never> {
  return { ok: false, error: { code: 'connection', message: `${method} ${label}: ${why}` } };
}
