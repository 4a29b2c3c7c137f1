import type { HttpRequest, HttpResponse, LastingNetwork, Network, Outcome } from './network.js';
import { NetworkThread } from './network-thread.js';
import { type NetworkOptions, openNetwork } from './open.js';
import { proxyVariables } from './proxy.js';
import type { Answered } from './thread-messages.js';

/** A request that was given to the thread. */
interface Waiting {
  readonly request: HttpRequest;
  /** The network of the same check on this side. */
  readonly here: Network;
  resolve(outcome: Outcome<HttpResponse>): void;
}

/**
 * A network whose HTTP requests are sent by a thread of their own, while this one makes tokens and reads answers: a
 * check of a thousand services is over sooner by a quarter. WebSockets stay on this side, and where no thread can be
 * started, everything does.
 */
export function openThreaded(
  options: Omit<NetworkOptions, 'random'>,
  thread = new NetworkThread(),
): LastingNetwork {
  const local = openNetwork(options);
  const waiting = new Map<number, Waiting>();
  let lastCheck = 0;
  let lastId = 0;

  const forAll = (act: (one: Waiting) => void): void => {
    const all = [...waiting.values()];
    waiting.clear();
    all.forEach(act);
  };
  const { env, folder, retries, keepMs } = options;
  // Of the environment only what is needed there.
  thread.tell({ is: 'open', options: { env: proxyVariables(env), folder, retries, keepMs } });
  thread.listen({
    answered({ id, outcome }) {
      const { resolve } = waiting.get(id) ?? {};
      waiting.delete(id);
      resolve?.(outcome.ok ? { ok: true, value: received(outcome.value) } : outcome);
    },
    ended(ran, code) {
      const why = `the thread that sent it ended (${code ?? 'unexpectedly'})`;
      forAll(({ request, here, resolve }) => {
        if (ran) resolve(lost(request, why));
        else void here.request(request).then(resolve);
      });
    },
  });

  const lasting: LastingNetwork = {
    ...local,
    async close() {
      const ending = thread.end();
      forAll(({ request, resolve }) => resolve(lost(request, 'it was given up because the check ended')));
      await Promise.all([ending, local.close()]);
    },
  };
  return {
    ...lasting,
    during(signal, concurrency = Number.POSITIVE_INFINITY) {
      const here = local.during(signal, concurrency);
      const check = ++lastCheck;
      thread.tell({ is: 'check', check, concurrency });
      signal.addEventListener('abort', () => thread.tell({ is: 'abort', check }), { once: true });
      return {
        ...here,
        // What outlasts a check, such as Secret Manager's client, is sent from this side.
        lasting,
        request(request) {
          if (thread.gone || signal.aborted) return here.request(request);
          return new Promise((resolve) => {
            const id = ++lastId;
            waiting.set(id, { request, here, resolve });
            thread.tell({ is: 'request', check, id, request, labels: labelsOf(request, options) });
          });
        },
      };
    },
  };
}

/** How the paths of its TLS options may be shown. */
function labelsOf(
  { tls }: HttpRequest,
  { label }: Pick<NetworkOptions, 'label'>,
): Map<string, string> | null {
  if (tls === undefined || label === undefined) return null;
  const paths = [tls.ca, tls.cert, tls.key].filter((path) => path !== undefined);
  return new Map(paths.map((path) => [path, label(path)]));
}

function received({ body, ...head }: SentResponse): HttpResponse {
  return { ...head, body: Buffer.from(body.buffer, body.byteOffset, body.byteLength) };
}

type SentResponse = Extract<Answered['outcome'], { ok: true }>['value'];

function lost({ method, label }: HttpRequest, why: string): Outcome<never> {
  return { ok: false, error: { code: 'connection', message: `${method} ${label}: ${why}` } };
}
