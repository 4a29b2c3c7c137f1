import { openAfter } from '../alerting/open-incidents.js';
import { isWorse } from '../alerting/urgency.js';
import type { DriftEvent, Notification, Unsent } from '../monitor-model.js';
import { openQueue, type Queue, type Settlement } from './queue.js';
import type { Recipient, SendResult } from './recipient.js';

export type { Settlement } from './queue.js';

export interface DeliveryOptions {
  readonly recipients: readonly Recipient[];
  /** What was still to be told when the monitor ended: `MonitorState.unsent`. */
  readonly unsent: readonly Unsent[];
  /** The last event of every open incident: `MonitorState.open`. Those who let silent incidents end are told again. */
  readonly open: readonly DriftEvent[];
  /** From 0 up to 1: the jitter of pauses. */
  readonly random: () => number;
  /** An event is settled with a recipient, once for each of both. Never called before `openDelivery` returned. */
  readonly onSettled: (event: DriftEvent, recipient: string, settlement: Settlement) => void;
  /**
   * What `pending` gives has become less: time to write the state. Comes after `onSettled`. The recipient is told of
   * the next event once this resolved.
   */
  readonly onChange: () => Promise<void>;
  /** A recipient could not be told; it is tried again. */
  readonly onFailed?: (event: DriftEvent, recipient: string, reason: string) => void;
  /** An open incident was repeated to a recipient that lets silent ones end, or could not be. */
  readonly onRenewed?: (event: DriftEvent, recipient: string, result: SendResult) => void;
}

/** Telling everybody what happened, each in order and at the speed of each. */
export interface Delivery {
  /** Names of those whom the urgency of an event concerns. Write them down before it is added: then sending begins. */
  concerned(telling: Notification): readonly string[];
  /** Queues an event for everybody whom its urgency concerns, and gives their names. */
  add(telling: Notification): readonly string[];
  /** What is still to be told, in the order in which it happened. */
  pending(): readonly Unsent[];
  /** How many events wait for each. */
  queued(): ReadonlyMap<string, number>;
  /** After the configuration was read again. Queues of those who stay go on; for those who left they are given up. */
  replaceRecipients(recipients: readonly Recipient[]): void;
  /** Tries what is due at once, and waits for what is under way; so many milliseconds at most. */
  flush(ms: number): Promise<void>;
  /** Sends nothing any more. What is under way counts as not sent. No timer stays. */
  close(): void;
}

/**
 * Opens a queue for each recipient. None waits for another; what one is told, it is told in order; at most one try for
 * each is under way. Nothing here rejects or throws.
 */
export function openDelivery(options: DeliveryOptions): Delivery {
  const { random, onChange, onFailed = () => {}, onRenewed = () => {} } = options;
  let open = options.open;
  let closed = false;
  /** Every event that somebody is still to be told of, with the time at which it came, for the order of `pending`. */
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
      // As above: the next is told all the same.
    }
  };

  const queueFor = (recipient: Recipient, waiting: readonly DriftEvent[]): Queue => {
    const { name, minimumLevel } = recipient;
    const ids = new Set(waiting.map(({ id }) => id));
    // By its worst moment: a recipient that heard of that keeps it open until its end.
    const told = open.filter(({ id, level, peak = level }) => !ids.has(id) && !isWorse(minimumLevel, peak));
    return openQueue(recipient, waiting, told, {
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
    concerned: (telling) => concernedBy(telling).map(([name]) => name),
    add(telling) {
      if (closed) return [];
      const { event } = telling;
      open = openAfter(open, event);
      const told = concernedBy(telling);
      if (told.length > 0) enter(event);
      for (const [, queue] of told) queue.add(event);
      for (const [, queue] of queues) queue.forget(event);
      return told.map(([name]) => name);
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

/** A caller's mistake in a callback must not end the telling of anything else. */
function harmlessly(callback: () => void): void {
  try {
    callback();
  } catch {
    // Nobody is left to be told.
  }
}
