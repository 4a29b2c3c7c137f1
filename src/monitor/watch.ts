import type { WatchOptions } from '../check/api-options.js';
import { sanitize } from '../report/text/sanitize.js';
import type { Recipient } from './delivery/recipient.js';
import type { DriftEvent } from './monitor-model.js';
import { runWatch } from './run-watch.js';

/** Watches on behalf of a program: the output of the command goes to its callbacks. */
export async function watchFor(options: WatchOptions): Promise<void> {
  const { cwd = process.cwd(), env = process.env, now = () => new Date(), cycles, listen = 'none' } = options;
  const { signal = new AbortController().signal } = options;
  const { onEvent = () => {}, onReport = () => {}, onWarning = () => {} } = options;
  const warn = (text: string): void => {
    try {
      onWarning(sanitize(text));
    } catch {
      // An exception in `onWarning` must not stop the delivery of events.
    }
  };
  await runWatch({
    flags: { ...options, listen },
    cycles,
    env,
    cwd,
    now,
    signal,
    output: recipientOf(onEvent),
    warn,
    progress: () => ({ update: () => {}, stop: async () => {} }),
    onStart: async () => {},
    async onOutcome(outcome) {
      if (outcome.is === 'report') await onReport(outcome.report);
    },
    onReload: () => () => {},
    onRefused: async () => {},
  });
}

/** Has the name of the command's standard output, and so receives the events that the command did not send. */
function recipientOf(onEvent: (event: DriftEvent) => unknown): Recipient {
  return {
    name: 'output',
    minimumLevel: 'INFO',
    async send(event) {
      await onEvent(event);
      return { ok: true, value: null };
    },
  };
}
