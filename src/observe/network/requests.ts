import { durationText } from '../../schema/duration.js';
import { type Backoff, backoff } from '../../system/backoff.js';
import { TaskPool } from '../task-pool.js';
import type { Connections } from './connections.js';
import { type Exchanged, exchange, largestBody, type Progress, Stop } from './exchange.js';
import type { HttpRequest, HttpResponse, Outcome } from './network.js';
import { isTransient, NetworkError, readErrorOf } from './network-errors.js';

/** The retry policy of requests. */
export interface Retrying {
  /** The number of retries of a request whose connection failed. */
  readonly retries: number;
  /** From 0 up to 1: the jitter of the pauses between tries. */
  readonly random: () => number;
}

/** A refused connection may be accepted a moment later; the whole check waits for it. */
const pauses: Backoff = { first: 200, longest: 10_000 };

/**
 * Retries of one check, and how many of them each answer gives back. While most of a large environment is down, retries
 * help nothing, and their pauses would take longer than the interval of a monitor.
 */
const budget = { most: 256, perAnswer: 0.1 } as const;

/**
 * Sends requests over kept connections for the duration of one check.
 * @param signal ends every request at once: the deadline of the whole check, or an interruption
 */
export function requesting(
  connections: () => Promise<Connections>,
  signal: AbortSignal,
  concurrency: number,
  { retries, random }: Retrying,
): (request: HttpRequest) => Promise<Outcome<HttpResponse>> {
  const pool = new TaskPool(concurrency);
  let retriesLeft: number = budget.most;
  const underWay = new Set<Stop>();
  const stopAll = (): void => {
    for (const stop of underWay) stop.stop();
  };
  // Only while a request is in progress: a signal may outlast many senders.
  const began = (stop: Stop): void => {
    if (underWay.size === 0) signal.addEventListener('abort', stopAll, { once: true });
    underWay.add(stop);
  };
  const ended = (stop: Stop): void => {
    underWay.delete(stop);
    if (underWay.size === 0) signal.removeEventListener('abort', stopAll);
  };

  async function send(request: HttpRequest): Promise<Outcome<HttpResponse>> {
    const what = `${request.method} ${request.label}`;
    const stop = new Stop();
    let timer: NodeJS.Timeout | undefined;
    try {
      const open = await connections();
      if (signal.aborted) return outcome({ is: 'stopped', progress: 'connecting' }, request, what, true);
      began(stop);
      timer = setTimeout(() => stop.stop(), request.timeoutMs);
      for (let tried = 0; ; tried++) {
        const result = await once(open, request, stop);
        if (result.is === 'response') retriesLeft = Math.min(budget.most, retriesLeft + budget.perAnswer);
        const again = tried < retries && retriesLeft >= 1 && mayRepeat(result, request.repeatable);
        if (again) retriesLeft -= 1;
        const pause = backoff(pauses, tried + 1, random);
        if (!again || !(await stop.pause(pause))) return outcome(result, request, what, signal.aborted);
      }
    } catch (error) {
      if (error instanceof NetworkError) return { ok: false, error: aboutRequest(error, what) };
      throw error;
    } finally {
      clearTimeout(timer);
      ended(stop);
    }
  }

  return (request) => pool.run(() => send(request));
}

/** Sends a request once. Throws a `NetworkError` if the proxy or the TLS options are unusable. */
async function once(open: Connections, request: HttpRequest, stop: Stop): Promise<Exchanged> {
  const route = await open.route({
    url: new URL(request.url),
    tls: request.tls,
    fresh: request.fresh,
    address: request.address,
    repeatable: request.repeatable,
  });
  const headers: Record<string, string> = {
    'accept-encoding': 'identity',
    'user-agent': 'jwtcheck',
    ...route.headers,
  };
  for (const name of Object.keys(request.headers)) headers[name.toLowerCase()] = request.headers[name] ?? '';
  const { origin, path, servername } = route;
  const sending = {
    origin,
    path,
    method: request.method,
    headers,
    body: request.body ?? null,
    servername,
    reset: request.fresh === true,
  };
  let answered = false;
  try {
    const exchanged = await exchange(route.dispatcher, sending, stop, request.reading);
    answered = exchanged.is === 'response';
    return exchanged;
  } finally {
    route.done(answered);
  }
}

/** Retries a failed connection. A request that is unsafe to repeat is retried only if it certainly never left. */
function mayRepeat(result: Exchanged, repeatable: boolean): boolean {
  return (
    result.is === 'failure' && isTransient(result.error) && (repeatable || result.progress === 'connecting')
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

/** The result of a request, as data. `wholeCheck`: it was aborted with the check, not by its own timeout. */
export function outcome(
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
          hint: 'Switch compression off for this endpoint, also in proxies in front of it.',
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
