import { type Backoff, backoff } from '../../system/backoff.js';
import { isOver } from '../event-types.js';
import type { DriftEvent } from '../monitor-model.js';
import type { Recipient, SendResult } from './recipient.js';
import { openRenewals } from './renewals.js';
import { gaveUp, gaveUpAfter, outdated, type Settlement, withHint } from './settlement.js';

/** Events that may wait for one recipient. */
export const longestQueue = 1000;

export interface QueueContext {
  readonly random: () => number;
  /** Resolves once the result is stored and the next event may be sent. A crash then repeats at most the last event. */
  settled(event: DriftEvent, settlement: Settlement): Promise<void>;
  /** A try failed; another will follow. */
  failed(event: DriftEvent, reason: string): void;
  renewed(event: DriftEvent, result: SendResult): void;
}

/** The unsent events of one recipient, in order, with at most one attempt in progress. */
export interface Queue {
  readonly recipient: Recipient;
  /** The waiting events and the one in progress, oldest first. */
  waiting(): readonly DriftEvent[];
  add(event: DriftEvent): void;
  /** An ended incident is not repeated, even if its end was not delivered. */
  forget(event: DriftEvent): void;
  /** Continues with the same recipient under another configuration. */
  serve(recipient: Recipient): void;
  /** Resolves once nothing is in progress or due. */
  quiet(): Promise<void>;
  /** Closes the queue. Events that waited or were in progress are returned as unsent. */
  close(): readonly DriftEvent[];
}

interface Item {
  readonly event: DriftEvent;
  /** Milliseconds of the monotonic clock: the time of arrival, or the time until which the recipient asked to wait. */
  since: number;
  tries: number;
  /** A later event of its incident arrived during an attempt: another attempt would send the two in the wrong order. */
  isOutdated: boolean;
}

const pauses: Backoff = { first: 1000, longest: 60_000 };

/**
 * Milliseconds after which an unsent event is given up. The last event of an incident is kept instead: of an open one
 * until the recipient recovers, the end for a day, because an incident may be open there until it arrives.
 */
const patienceMs = 3_600_000;
const patienceWithEndMs = 24 * 3_600_000;

/** The longest delay of a timer, in milliseconds; after that the queue is checked again. */
const longestTimer = 2 ** 31 - 1;

/**
 * Opens the queue of one recipient. `open`: the last event of every open incident, to be repeated if the recipient
 * needs renewal.
 */
export function openQueue(
  first: Recipient,
  waiting: readonly DriftEvent[],
  open: readonly DriftEvent[],
  { random, settled, failed, renewed }: QueueContext,
): Queue {
  let recipient = first;
  /** At least the time for which the recipient asked. */
  const pauseAfter = (tries: number, retryAfterMs = 0): number =>
    Math.max(retryAfterMs, backoff(pauses, tries, random));
  const items: Item[] = waiting.map(itemOf);
  /**
   * By incident: its last event, which could not be sent in time. It blocks no other event. It is retried now and then,
   * and after every successful delivery.
   */
  const missed = new Map<string, Item>();
  let missedAt = 0;
  const ending = (): ReadonlySet<string> =>
    new Set([...missed.values(), ...items].flatMap(({ event }) => (isOver(event) ? [event.incident] : [])));
  const renewals = openRenewals(() => recipient, open, ending, random);
  /** No attempt before this time: the pause after a failure, and the time for which the recipient asked. */
  let tryAt = 0;
  let busy = false;
  let sending: Item | null = null;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const listeners: (() => void)[] = [];

  /** Starts the next delivery if it is due, or waits until it is. Called after every change. */
  function pump(): void {
    clearTimeout(timer);
    if (closed || busy) return;
    const work = due();
    if (work === null) rest();
    else start(work);
  }

  function due(): (() => Promise<void>) | null {
    const now = performance.now();
    const [head] = items;
    if (head !== undefined && tryAt <= now) return () => deliver(head);
    const [late] = missed.values();
    if (late !== undefined && Math.max(missedAt, tryAt) <= now) return () => deliver(late);
    const next = renewals.next(now);
    return next === null ? null : () => renew(next);
  }

  function rest(): void {
    const renewAt = renewals.dueAt();
    const moments = [
      ...(items.length > 0 ? [tryAt] : []),
      ...(missed.size > 0 ? [Math.max(missedAt, tryAt)] : []),
      ...(renewAt === null ? [] : [renewAt]),
    ];
    if (moments.length > 0) {
      const ms = Math.max(1, Math.min(...moments) - performance.now());
      timer = setTimeout(pump, Math.min(ms, longestTimer));
    }
    for (const listener of listeners.splice(0)) listener();
  }

  /** Deferred, so that the caller can save the state before the event leaves. */
  const pumpSoon = (): void => {
    clearTimeout(timer);
    if (!closed && !busy) timer = setTimeout(pump, 0);
  };

  function start(work: () => Promise<void>): void {
    busy = true;
    const done = (): void => {
      busy = false;
      pump();
    };
    void work().then(done, done);
  }

  async function deliver(item: Item): Promise<void> {
    const { event } = item;
    item.tries += 1;
    sending = item;
    const result = await harmless(() => recipient.send(event, renewals.lastOf(event.incident)));
    if (closed) return;
    if (result.ok) {
      tryAt = missedAt = 0;
      return settle(item, { result: 'sent', reason: null, tries: item.tries });
    }
    const { message } = result.error;
    // The rejection of this event does not affect those after it.
    if (result.final === true) return settle(item, gaveUp(withHint(result.error), item));
    if (item.isOutdated) return settle(item, outdated(item));
    const now = performance.now();
    const again = now + pauseAfter(item.tries, result.retryAfterMs);
    if (result.retryAfterMs !== undefined) {
      // After a request to wait, it has the full time again.
      tryAt = again;
      renewals.pauseUntil(again);
      item.since = Math.max(item.since, again);
    } else if (missed.get(event.incident) === item) {
      if (isOver(event) && now >= item.since + patienceWithEndMs)
        return settle(item, gaveUpAfter(message, item));
      missedAt = again;
    } else if (again >= item.since + patienceMs) return late(item, message);
    else tryAt = again;
    failed(event, message);
  }

  /** It could not be sent in time. The last event of an incident is kept. */
  function late(item: Item, message: string): Promise<void> | void {
    const { event } = item;
    tryAt = 0;
    const isLastWord = !items.some((one) => one !== item && one.event.incident === event.incident);
    if (!isLastWord) return settle(item, gaveUpAfter(message, item));
    items.splice(items.indexOf(item), 1);
    missed.set(event.incident, item);
    missedAt = performance.now() + pauseAfter(item.tries);
    if (!isOver(event)) renewals.keep(event);
    failed(event, `${message}; it is sent when the recipient comes back`);
  }

  /** A later event of the incident exists. */
  function supersede({ incident }: DriftEvent): void {
    const item = missed.get(incident);
    if (item === undefined) return;
    if (busy && sending === item) item.isOutdated = true;
    else void settle(item, outdated(item));
  }

  async function renew(event: DriftEvent): Promise<void> {
    const { renewal } = recipient;
    if (renewal === undefined || !renewals.isRepeated(event)) return;
    const result = await harmless(() => renewal.renew(event));
    if (closed) return;
    if (!result.ok && result.retryAfterMs !== undefined) {
      tryAt = Math.max(tryAt, performance.now() + pauseAfter(1, result.retryAfterMs));
      renewals.endRound();
      renewals.pauseUntil(tryAt);
    }
    renewed(event, result);
  }

  function settle(item: Item, settlement: Settlement): Promise<void> {
    const { event } = item;
    const at = items.indexOf(item);
    if (at >= 0) items.splice(at, 1);
    if (missed.get(event.incident) === item) missed.delete(event.incident);
    // Includes events that were given up: a repetition is another chance to deliver them.
    if (isOver(event)) renewals.end(event.incident);
    else if (settlement.tries > 0) renewals.keep(event);
    return settled(event, settlement);
  }

  /** A queue that is too long drops the least important events first: reminders, changes, late ends, then the oldest. */
  function makeRoom(): void {
    while (items.length + missed.size > longestQueue) {
      const candidates = busy ? items.slice(1) : items;
      const lateEnds = [...missed.values()].filter(
        (item) => isOver(item.event) && !(busy && sending === item),
      );
      const least =
        candidates.find(({ event }) => event.type === 'drift-reminder') ??
        candidates.find(({ event }) => event.type === 'drift-changed') ??
        lateEnds[0] ??
        candidates.find(({ event }) => !isOver(event)) ??
        candidates[0];
      if (least === undefined) return;
      void settle(least, gaveUp(`more than ${longestQueue} events were waiting`, least));
    }
  }

  pumpSoon();
  return {
    get recipient() {
      return recipient;
    },
    waiting: () => [...missed.values(), ...items].map(({ event }) => event),
    add(event) {
      // A step that was repeated after a crash produces the same event again.
      const { id } = event;
      if ([...missed.values(), ...items].some((item) => item.event.id === id)) return;
      supersede(event);
      items.push(itemOf(event));
      makeRoom();
      pumpSoon();
    },
    forget(event) {
      const isQueued = items.some((item) => item.event.id === event.id);
      if (!isOver(event) || isQueued) return;
      renewals.end(event.incident);
      supersede(event);
    },
    serve(another) {
      recipient = another;
      tryAt = missedAt = 0;
      pumpSoon();
    },
    quiet() {
      if (closed) return Promise.resolve();
      const result = new Promise<void>((resolve) => listeners.push(resolve));
      pumpSoon();
      return result;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      listeners.splice(0).forEach((listener) => {
        listener();
      });
      const left = [...missed.values(), ...items.splice(0)].map(({ event }) => event);
      missed.clear();
      return left;
    },
  };
}

const itemOf = (event: DriftEvent): Item => ({
  event,
  since: performance.now(),
  tries: 0,
  isOutdated: false,
});

/** A recipient never throws. If one does, the delivery failed, and its message must not be shown. */
async function harmless(work: () => Promise<SendResult>): Promise<SendResult> {
  try {
    return await work();
  } catch {
    return { ok: false, error: { code: 'connection', message: 'it failed for an unknown reason' } };
  }
}
