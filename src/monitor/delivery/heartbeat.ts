import type { Network } from '../../observe/network/network.js';
import { shownUrl } from '../../schema/url.js';
import type { CheckOutcome } from '../monitor-model.js';

/** The configuration of the heartbeat. */
export interface HeartbeatSettings {
  readonly url: string;
  /** Milliseconds. */
  readonly every: number;
}

export interface HeartbeatParts {
  readonly network: Pick<Network, 'request'>;
  readonly label: (text: string) => string;
  /** Called when pings begin to fail, and when they succeed again. */
  readonly warn: (text: string) => void;
}

/** Milliseconds for one request. */
const timeoutMs = 10_000;

/** A check may come slightly early, and would otherwise be skipped every second time. */
const earlyShare = 0.1;

/**
 * Pings a dead man's switch after each conclusive check. The switch alerts when the pings stop, whatever the reason.
 */
export interface Heartbeat {
  /** Called after every check. Not awaited. */
  beat(outcome: CheckOutcome, settings: HeartbeatSettings | undefined): void;
  /** Resolves once no ping is in progress. Never rejects. */
  quiet(): Promise<void>;
}

function failureOf(status: number): string | null {
  if (status < 300) return null;
  return status < 400 ? `HTTP ${status}: redirects are not followed` : `HTTP ${status}`;
}

export function openHeartbeat({ network, label, warn }: HeartbeatParts): Heartbeat {
  let sentAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | null = null;
  let isFailing = false;

  async function send(url: string): Promise<void> {
    const shown = shownUrl(url, label);
    const request = { method: 'GET', url, label: shown, headers: {}, timeoutMs, repeatable: true } as const;
    const outcome = await network.request({ ...request, reading: 'head' });
    const failure = outcome.ok ? failureOf(outcome.value.status) : outcome.error.message;
    if (failure !== null && !isFailing) warn(`the heartbeat could not be sent to ${shown}: ${failure}`);
    if (failure === null && isFailing) warn('the heartbeat is sent again');
    isFailing = failure !== null;
    // A failed ping is repeated with the next check.
    if (isFailing) sentAt = Number.NEGATIVE_INFINITY;
  }

  return {
    beat(outcome, settings) {
      const couldTell = outcome.is === 'report' && outcome.report.verdict !== 'inconclusive';
      if (settings === undefined || !couldTell || underWay !== null) return;
      const now = performance.now();
      if (now - sentAt < settings.every * (1 - earlyShare)) return;
      sentAt = now;
      underWay = send(settings.url)
        .catch(() => {})
        .finally(() => {
          underWay = null;
        });
    },
    quiet: () => underWay ?? Promise.resolve(),
  };
}
