import { openAfter } from '../alerting/open-incidents.js';
import { isWorse } from '../event-types.js';
import type { DriftEvent, Notification, Unsent } from '../monitor-model.js';
import { openQueue, type Queue } from './queue.js';
import type { Recipient, SendResult } from './recipient.js';
import type { Settlement } from './settlement.js';

export interface DeliveryOptions {
  readonly recipients: readonly Recipient[];
  /** The events that were still unsent when the monitor ended: `MonitorState.unsent`. */
  readonly unsent: readonly Unsent[];
  /**
   * The last event of every open incident: `MonitorState.open`. Recipients that let silent incidents expire receive it
   * again.
   */
  readonly open: readonly DriftEvent[];
  /** From 0 up to 1: the jitter of pauses. */
  readonly random: () => number;
  /** An event is settled with a recipient, once for each of both. Never called before `openDelivery` returned. */
  readonly onSettled: (event: DriftEvent, recipient: string, settlement: Settlement) => void;
  /**
   * Called when `pending` has shrunk and the state should be saved. Comes after `onSettled`. The recipient receives its
   * next event after this resolves.
   */
  readonly onChange: () => Promise<void>;
  /** A delivery failed and will be retried. */
  readonly onFailed?: (event: DriftEvent, recipient: string, reason: string) => void;
  /** An open incident was repeated to a recipient that lets silent ones expire, or the repetition failed. */
  readonly onRenewed?: (event: DriftEvent, recipient: string, result: SendResult) => void;
}

/** Delivery of events to all recipients, each in order and at its own speed. */
export interface Delivery {
  /**
   * Names of the recipients for the urgency of an event. Save them before you add the event: adding starts the
   * delivery.
   */
  concerned(notification: Notification): readonly string[];
  /** Queues an event for every recipient that its urgency concerns, and returns their names. */
  add(notification: Notification): readonly string[];
  /** The unsent events, in the order in which they occurred. */
  pending(): readonly Unsent[];
  /** The number of queued events of each recipient. */
  queued(): ReadonlyMap<string, number>;
  /**
   * Applies a reloaded configuration. Queues of remaining recipients continue; those of removed recipients are dropped.
   */
  replaceRecipients(recipients: readonly Recipient[]): void;
  /** Sends what is due now and waits for deliveries in progress, for at most this many milliseconds. */
  flush(ms: number): Promise<void>;
  /** Stops all deliveries. A delivery in progress counts as unsent. No timer remains. */
  close(): void;
}

/**
 * Opens a queue for each recipient. No queue waits for another; each keeps the order of events and has at most one
 * delivery in progress. Nothing here rejects or throws.
 */
export function openDelivery(options: DeliveryOptions): Delivery {
  const { random, onChange, onFailed = () => {}, onRenewed = () => {} } = options;
  let open = options.open;
  let closed = false;
  /** Every event with an unsent delivery, and the time at which it was added, for the order of `pending`. */
  const order = new Map<string, number>();
  let count = 0;
  let queues = new Map<string, Queue>();

  const settled = async (name: string, event: DriftEvent, settlement: Settlement): Promise<void> => {
    if (closed) return;
    harmlessly(() => options.onSettled(event, name, settlement));
    const waiting = [...queues.values()].some((queue) => queue.waiting().some(({ id }) => id === event.id));
    if (!waiting) order.delete(event.id);
    try {
      await onChange();
    } catch {
      // As above: the next event is sent anyway.
    }
  };

  const queueFor = (recipient: Recipient, waiting: readonly DriftEvent[]): Queue => {
    const { name, minimumLevel } = recipient;
    const ids = new Set(waiting.map(({ id }) => id));
    // By the worst moment of the incident: a recipient that received it keeps the incident open until its end.
    const known = open.filter(({ id, level, peak = level }) => !ids.has(id) && !isWorse(minimumLevel, peak));
    return openQueue(recipient, waiting, known, {
      random,
      settled: (event, settlement) => settled(name, event, settlement),
      failed: (event, reason) => harmlessly(() => onFailed(event, name, reason)),
      renewed: (event, result) => {
        if (!closed) harmlessly(() => onRenewed(event, name, result));
      },
    });
  };

  const concernedBy = ({ urgency }: Notification): [string, Queue][] =>
    [...queues].filter(([, queue]) => !isWorse(queue.recipient.minimumLevel, urgency));

  const enter = ({ id }: DriftEvent): void => {
    if (!order.has(id)) order.set(id, count++);
  };

  const giveUp = (event: DriftEvent, name: string): void => {
    const reason = `${name} is not configured any more`;
    queueMicrotask(() => void settled(name, event, { result: 'gave-up', reason, tries: 0 }));
  };

  for (const { event } of options.unsent) enter(event);
  queues = new Map(
    options.recipients.map((recipient) => {
      const { name } = recipient;
      const waiting = options.unsent.filter(({ to }) => to.includes(name)).map(({ event }) => event);
      return [name, queueFor(recipient, waiting)];
    }),
  );
  for (const { event, to } of options.unsent)
    for (const name of to) if (!queues.has(name)) giveUp(event, name);

  return {
    concerned: (notification) => concernedBy(notification).map(([name]) => name),
    add(notification) {
      if (closed) return [];
      const { event } = notification;
      open = openAfter(open, event);
      const concerned = concernedBy(notification);
      if (concerned.length > 0) enter(event);
      for (const [, queue] of concerned) queue.add(event);
      for (const [, queue] of queues) queue.forget(event);
      return concerned.map(([name]) => name);
    },
    pending() {
      const events = new Map<string, { event: DriftEvent; to: string[] }>();
      for (const [name, queue] of queues)
        for (const event of queue.waiting()) {
          const entry = events.get(event.id) ?? { event, to: [] };
          entry.to.push(name);
          events.set(event.id, entry);
        }
      return [...events.values()].sort((a, b) => (order.get(a.event.id) ?? 0) - (order.get(b.event.id) ?? 0));
    },
    queued: () => new Map([...queues].map(([name, queue]) => [name, queue.waiting().length])),
    replaceRecipients(recipients) {
      if (closed) return;
      const old = queues;
      queues = new Map(
        recipients.map((recipient) => {
          const queue = old.get(recipient.name);
          queue?.serve(recipient);
          return [recipient.name, queue ?? queueFor(recipient, [])];
        }),
      );
      for (const [name, queue] of old) {
        if (queues.has(name)) continue;
        for (const event of queue.close()) giveUp(event, name);
      }
    },
    async flush(ms) {
      let timer: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([Promise.all([...queues.values()].map((queue) => queue.quiet())), enough]);
      clearTimeout(timer);
    },
    close() {
      closed = true;
      for (const queue of queues.values()) queue.close();
    },
  };
}

/** An error in a callback of the caller must not stop other deliveries. */
function harmlessly(callback: () => void): void {
  try {
    callback();
  } catch {
    // No consumer is left for the error.
  }
}
