import { setMaxListeners } from 'node:events';
import type { Settings } from '../config/schema.js';

/** Milliseconds for one request, and for a whole check or reading; default: those of the configuration. */
export interface TimeLimits {
  readonly timeoutMs?: number | undefined;
  readonly deadlineMs?: number | undefined;
}

/** The limits in effect. */
export function timeLimitsOf(
  { timeout, deadline }: Pick<Settings, 'timeout' | 'deadline'>,
  { timeoutMs = timeout, deadlineMs }: TimeLimits,
): { readonly timeoutMs: number; readonly deadlineMs: number } {
  // A request may be allowed more time than a check has by default. The check then has that time, too.
  return { timeoutMs, deadlineMs: deadlineMs ?? Math.max(deadline, timeoutMs) };
}

/**
 * Does work with a signal that is aborted by an interruption, when the time is over, and when the work is done, so that
 * nothing outlives it.
 */
export async function withDeadline<T>(
  interrupted: AbortSignal,
  deadlineMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  // Every operation of a check listens to this signal: the number of listeners is no leak.
  setMaxListeners(0, deadline.signal);
  const stop = (): void => deadline.abort();
  const timer = setTimeout(stop, deadlineMs);
  interrupted.addEventListener('abort', stop, { once: true });
  if (interrupted.aborted) stop();
  try {
    return await work(deadline.signal);
  } finally {
    clearTimeout(timer);
    interrupted.removeEventListener('abort', stop);
    stop();
  }
}
