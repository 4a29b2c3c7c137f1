import type { HttpRequest, HttpResponse, Network, Outcome, PersistentNetwork } from './network.js';
import type { NetworkThread } from './network-thread.js';
import { type NetworkOptions, openNetwork } from './open.js';
import { proxyVariables } from './proxy.js';
import type { SentResponse } from './thread-messages.js';

/** A request that was passed to the thread. */
interface Waiting {
  readonly request: HttpRequest;
  /** The network of the same check on this side. */
  readonly here: Network;
  resolve(outcome: Outcome<HttpResponse>): void;
  reject(error: unknown): void;
}

/** The time for the thread to report the progress of its requests after a check ended; milliseconds. */
const grace = 250;

/**
 * A network whose HTTP requests are sent by a separate thread, while this one makes tokens and reads answers.
 * WebSockets stay on this side, and if the thread ended, all requests do.
 */
export function openThreaded(
  options: Omit<NetworkOptions, 'random'>,
  thread: NetworkThread,
): PersistentNetwork {
  const local = openNetwork(options);
  const waiting = new Map<number, Waiting>();
  let lastCheck = 0;
  let lastId = 0;

  const taken = (which: (one: Waiting) => boolean): Waiting[] => {
    const all = [...waiting].filter(([, one]) => which(one));
    for (const [id] of all) waiting.delete(id);
    return all.map(([, one]) => one);
  };
  const sendHere = ({ request, here, resolve, reject }: Waiting): void =>
    void here.request(request).then(resolve, reject);

  const { env, folder, retries, keepMs } = options;
  // Only the variables of `env` that are read there.
  thread.tell({ is: 'open', options: { env: proxyVariables(env), folder, retries, keepMs } });
  thread.listen({
    answered(answer) {
      const one = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('error' in answer) one?.reject(answer.error);
      else if (answer.outcome.ok) one?.resolve({ ok: true, value: received(answer.outcome.value) });
      else one?.resolve(answer.outcome);
    },
    ended(ran, code) {
      for (const one of taken(() => true)) {
        if (!ran || one.request.repeatable) sendHere(one);
        else one.resolve(lost(one.request, `the thread that sent it ended (${code ?? 'unexpectedly'})`));
      }
    },
  });

  const persistent: PersistentNetwork = {
    ...local,
    async close() {
      thread.end();
      for (const { request, resolve } of taken(() => true))
        resolve(lost(request, 'it was given up because the check ended'));
      await local.close();
    },
  };
  return {
    ...persistent,
    forCheck(signal, concurrency = Number.POSITIVE_INFINITY) {
      // Requests of resources that outlast a check, such as Secret Manager's client, are sent from the main thread.
      const here: Network = { ...local.forCheck(signal, concurrency), persistent };
      if (signal.aborted) return here;
      const check = ++lastCheck;
      thread.tell({ is: 'check', check, concurrency });
      const end = (): void => {
        thread.tell({ is: 'abort', check });
        // The request may not have started yet, or be stuck. The main thread also knows that the time is up.
        setTimeout(() => taken((one) => one.here === here).forEach(sendHere), grace).unref();
      };
      signal.addEventListener('abort', end, { once: true });
      return {
        ...here,
        request(request) {
          if (thread.gone || signal.aborted) return here.request(request);
          return new Promise((resolve, reject) => {
            const id = ++lastId;
            waiting.set(id, { request, here, resolve, reject });
            thread.tell({ is: 'request', check, id, request, labels: labelsOf(request, options) });
          });
        },
      };
    },
  };
}

/** The display form of the paths of its TLS options. */
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

function lost({ method, label }: HttpRequest, why: string): Outcome<never> {
  const message = `${method} ${label}: ${why}`;
  return { ok: false, error: { code: 'connection', message, hint: 'Check again.' } };
}
