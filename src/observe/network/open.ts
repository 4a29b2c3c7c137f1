import pLimit from 'p-limit';
import { durationText } from '../../config/fields.js';
import { lookUp } from './addresses.js';
import { type Connections, openConnections } from './connections.js';
import { isPassing, NetworkError, readErrorOf } from './errors.js';
import { type Exchanged, exchange, largestBody, type Progress } from './exchange.js';
import type { HttpRequest, HttpResponse, Network, Outcome } from './network.js';
import { Stop } from './stop.js';

export interface NetworkOptions {
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends every request at once: the whole check's deadline, or an interruption. */
  readonly signal: AbortSignal;
  /** Folder that relative paths of TLS options start from. */
  readonly folder: string;
  /** How a configured path may be shown; without it, no path is. */
  readonly label?: (text: string) => string;
  /** How many more times a request is tried whose connection failed; default 2. */
  readonly retries?: number;
  /** How many requests may be under way at once; the time of one begins once it is. Default: any number. */
  readonly concurrency?: number;
  /** From 0 up to 1: the jitter of the pauses between tries. */
  readonly random?: () => number;
}

/** Milliseconds before the first retry at least; each further pause is twice as long. */
const firstPause = 100;

/** Milliseconds that looking up a name may take, where the caller names none. */
const lookUpTimeout = 5000;

/** Opens the only way out of the program. Nothing is loaded or connected before the first request. */
export function openNetwork(options: NetworkOptions): Network {
  const { env, signal, folder, label, retries = 2, random = Math.random } = options;
  const limit = pLimit(options.concurrency ?? Number.POSITIVE_INFINITY);
  const underWay = new Set<Stop>();
  signal.addEventListener('abort', () => {
    for (const stop of underWay) stop.stop();
  });
  let opening: Promise<Connections> | null = null;
  let closed = false;
  const connections = (): Promise<Connections> => {
    opening ??= openConnections(env, { folder, label });
    return opening;
  };

  async function send(request: HttpRequest): Promise<Outcome<HttpResponse>> {
    const what = `${request.method} ${request.label}`;
    if (closed)
      return { ok: false, error: { code: 'connection', message: `${what}: the network is closed` } };
    const ways = await connections();
    if (signal.aborted) return outcome({ is: 'stopped', progress: 'connecting' }, request, what, true);
    const stop = new Stop();
    underWay.add(stop);
    const timer = setTimeout(() => stop.stop(), request.timeoutMs);
    try {
      for (let tried = 0; ; tried++) {
        const result = await once(ways, request, stop);
        const again = tried < retries && mayRepeat(result, request.repeatable);
        const pause = firstPause * 2 ** tried * (1 + random() / 2);
        if (!again || !(await stop.pause(pause))) return outcome(result, request, what, signal.aborted);
      }
    } catch (error) {
      if (error instanceof NetworkError) return { ok: false, error: aboutRequest(error, what) };
      throw error;
    } finally {
      clearTimeout(timer);
      underWay.delete(stop);
    }
  }

  return {
    request: (request) => limit(() => send(request)),
    async dispatcher({ url, tls }) {
      return (await connections()).forUpgrades(new URL(url), tls);
    },
    addresses: (hostname, timeoutMs = lookUpTimeout) => lookUp(hostname, timeoutMs, signal),
    async close() {
      closed = true;
      if (opening !== null) await (await opening).close();
    },
  };
}

async function once(ways: Connections, request: HttpRequest, stop: Stop): Promise<Exchanged> {
  const way = await ways.way({
    url: new URL(request.url),
    tls: request.tls,
    fresh: request.fresh,
    address: request.address,
  });
  const configured = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]);
  try {
    const { origin, path, servername } = way;
    const sending = {
      origin,
      path,
      method: request.method,
      headers: {
        'accept-encoding': 'identity',
        'user-agent': 'jwtcheck',
        ...way.headers,
        ...Object.fromEntries(configured),
      },
      body: request.body ?? null,
      servername,
      reset: request.fresh === true,
    };
    return await exchange(way.dispatcher, sending, stop);
  } finally {
    way.done();
  }
}

/** A connection that failed is tried again; a request that may do harm twice, only if it surely never left. */
function mayRepeat(result: Exchanged, repeatable: boolean): boolean {
  return (
    result.is === 'failure' && isPassing(result.error) && (repeatable || result.progress === 'connecting')
  );
}

function aboutRequest({ readError }: NetworkError, what: string) {
  return { ...readError, message: `${what}: ${readError.message}` };
}

const stoppedWhile: Readonly<Record<Progress, string>> = {
  connecting: 'no connection came about',
  waiting: 'no answer came',
  reading: 'the answer was not complete',
};

function outcome(
  result: Exchanged,
  request: HttpRequest,
  what: string,
  wholeCheck: boolean,
): Outcome<HttpResponse> {
  switch (result.is) {
    case 'response':
      return { ok: true, value: result.response };
    case 'failure':
      return {
        ok: false,
        error: readErrorOf(result.error, what, result.progress === 'reading' ? 'during' : 'before'),
      };
    case 'too-large':
      return {
        ok: false,
        error: {
          code: 'too-large',
          message: `${what}: the answer is larger than ${largestBody / 1024} KiB`,
          hint: 'Is that the URL of the right endpoint?',
        },
      };
    case 'encoded':
      return {
        ok: false,
        error: {
          code: 'invalid-response',
          message: `${what}: the answer is compressed, which was not asked for`,
          hint: 'Switch compression off for this endpoint, also in what stands in front of it.',
        },
      };
    case 'stopped':
      return {
        ok: false,
        error: wholeCheck
          ? {
              code: 'timeout',
              message: `${what}: ${stoppedWhile[result.progress]} before the time for the whole check was up`,
              hint: 'Raise `deadline` if the whole check may take longer.',
            }
          : {
              code: 'timeout',
              message: `${what}: ${stoppedWhile[result.progress]} within ${durationText(request.timeoutMs)}`,
              hint: 'Is it reachable from here? Raise `timeout` if it may take longer.',
            },
      };
  }
}
