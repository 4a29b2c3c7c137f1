import { patienceMs, pauseAfter } from './backoff.js';
import { isOver } from './lifecycle.js';
import type { DriftEvent } from './model.js';
import type { Recipient, SendResult } from './recipient.js';

/** How it ended with one event and one recipient. */
export interface Settlement {
  readonly result: 'sent' | 'gave-up';
  /** Why it was given up, fit to be shown; `null` where it was sent. */
  readonly reason: string | null;
  /** How often it was tried. */
  readonly tries: number;
}

/** Events that may wait for one recipient. */
export const longestQueue = 1000;

export interface QueueContext {
  readonly random: () => number;
  /** Resolves once it is written down, and the next may be told: a kill repeats what was told last, and no more. */
  settled(event: DriftEvent, settlement: Settlement): Promise<void>;
  /** A try failed; another will follow. */
  failed(event: DriftEvent, reason: string): void;
  renewed(event: DriftEvent, result: SendResult): void;
}

/** What one recipient is still to be told, in order, with at most one try under way. */
export interface Queue {
  readonly recipient: Recipient;
  /** What waits and what is under way, oldest first. */
  waiting(): readonly DriftEvent[];
  add(event: DriftEvent): void;
  /** An incident that is over is not repeated, whether the recipient is told of its end or not. */
  forget(event: DriftEvent): void;
  /** Goes on with the same recipient under another configuration. */
  serve(recipient: Recipient): void;
  /** Resolves once nothing is under way or due. */
  quiet(): Promise<void>;
  /** Ends it. What waited, and what was under way, is given back and not settled. */
  close(): readonly DriftEvent[];
}

interface Item {
  readonly event: DriftEvent;
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
  tries: number;
}

/** Opens the queue of one recipient. `told`: the last event of every open incident, to be repeated where it renews. */
export function openQueue(
  first: Recipient,
  waiting: readonly DriftEvent[],
  told: readonly DriftEvent[],
  { random, settled, failed, renewed }: QueueContext,
): Queue {
  let recipient = first;
  const items: Item[] = waiting.map(itemOf);
  /** By incident: the last event it was told of. */
  const standing = new Map(told.map((event) => [event.incident, event]));
  /** Open incidents that are to be repeated in this round. */
  let round: DriftEvent[] = [];
  let renewAt = performance.now();
  /** Before that nothing may be tried: the pause after a failure, and what the recipient asked for. */
  let tryAt = 0;
  let mayRenewAt = 0;
  let busy = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const listeners: (() => void)[] = [];

  /** Starts whatever is due, or waits for it. Called after every change. */
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
    const open = repeatable();
    if (open.length > 0 && renewalAt() <= now) {
      round = open;
      renewAt = now + everyMs() * (0.9 + random() / 10);
    }
    const next = round.shift();
    return next === undefined ? null : () => renew(next);
  }

  function rest(): void {
    const moments = [...(items.length > 0 ? [tryAt] : []), ...(repeatable().length > 0 ? [renewalAt()] : [])];
    if (moments.length > 0) timer = setTimeout(pump, Math.max(1, Math.min(...moments) - performance.now()));
    for (const listener of listeners.splice(0)) listener();
  }

  const renewalAt = (): number => Math.max(renewAt, mayRenewAt);

  /** Later than now: whoever adds something can write the state before it leaves. */
  const pumpSoon = (): void => {
    clearTimeout(timer);
    if (!closed && !busy) timer = setTimeout(pump, 0);
  };

  const everyMs = (): number => recipient.renewal?.everyMs ?? Number.POSITIVE_INFINITY;

  function repeatable(): DriftEvent[] {
    if (recipient.renewal === undefined) return [];
    const ending = new Set(items.filter(({ event }) => isOver(event)).map(({ event }) => event.incident));
    return [...standing.values()].filter(({ incident }) => !ending.has(incident));
  }

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
    const result = await harmless(() => recipient.send(event, standing.get(event.incident) ?? null));
    if (closed) return;
    if (result.ok) {
      tryAt = 0;
      return settle(item, { result: 'sent', reason: null, tries: item.tries });
    }
    const { message } = result.error;
    const now = performance.now();
    const again = now + pauseAfter(item.tries, random, result.retryAfterMs);
    const isFinal = result.final === true;
    const isLate = again >= item.since + patienceMs;
    // What the recipient asked for counts for all that follows; a pause of our own only for this event.
    tryAt = result.retryAfterMs !== undefined || !(isFinal || isLate) ? again : 0;
    if (result.retryAfterMs !== undefined) mayRenewAt = again;
    if (isFinal) return settle(item, gaveUp(message, item));
    if (isLate) return settle(item, gaveUp(`${message} (${item.tries} tries)`, item));
    failed(event, message);
  }

  async function renew(event: DriftEvent): Promise<void> {
    const { renewal } = recipient;
    if (renewal === undefined || !repeatable().includes(event)) return;
    const result = await harmless(() => renewal.renew(event));
    if (closed) return;
    if (!result.ok && result.retryAfterMs !== undefined) {
      round = [];
      mayRenewAt = tryAt = Math.max(tryAt, performance.now() + pauseAfter(1, random, result.retryAfterMs));
    }
    renewed(event, result);
  }

  function settle(item: Item, settlement: Settlement): Promise<void> {
    const at = items.indexOf(item);
    if (at >= 0) items.splice(at, 1);
    const { event } = item;
    // Also what was given up: repeating it is the chance to be heard after all.
    if (isOver(event)) standing.delete(event.incident);
    else if (settlement.tries > 0) standing.set(event.incident, event);
    return settled(event, settlement);
  }

  /** A queue that is too long loses what is missed least: reminders, then changes, then whatever is oldest. */
  function makeRoom(): void {
    while (items.length > longestQueue) {
      const candidates = busy ? items.slice(1) : items;
      const least =
        candidates.find(({ event }) => event.type === 'drift-reminder') ??
        candidates.find(({ event }) => event.type === 'drift-changed') ??
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
    waiting: () => items.map(({ event }) => event),
    add(event) {
      // A step that was taken once more after a crash tells the same event again.
      if (items.some((item) => item.event.id === event.id)) return;
      items.push(itemOf(event));
      makeRoom();
      pumpSoon();
    },
    forget(event) {
      const isTold = items.some((item) => item.event.id === event.id);
      if (isOver(event) && !isTold) standing.delete(event.incident);
    },
    serve(another) {
      recipient = another;
      tryAt = 0;
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
      return items.splice(0).map(({ event }) => event);
    },
  };
}

const itemOf = (event: DriftEvent): Item => ({ event, since: performance.now(), tries: 0 });

const gaveUp = (reason: string, { tries }: Item): Settlement => ({ result: 'gave-up', reason, tries });

/** A recipient never throws; one that does anyway has failed, and nothing it said may be shown. */
async function harmless(work: () => Promise<SendResult>): Promise<SendResult> {
  try {
    return await work();
  } catch {
    return { ok: false, error: { code: 'connection', message: 'it failed for an unknown reason' } };
  }
}
