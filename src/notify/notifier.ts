import type * as z from 'zod';
import type { Declared } from '../config/declared.js';
import type { Level } from '../model.js';
import type { SendResult } from '../monitor/delivery/recipient.js';
import type { DriftEvent } from '../monitor/monitor-model.js';
import type { ObserveContext } from '../observe/context.js';

/** What sending needs: the network with its limits, the clock, and how a configured text may be shown. */
export type Sending = Pick<ObserveContext, 'network' | 'now' | 'label'> & {
  /** What a recipient said, fit to be shown. */
  readonly scrub: (text: string) => string;
  /** Milliseconds for one try. */
  readonly timeoutMs: number;
  /** Milliseconds between two checks. */
  readonly intervalMs: number;
};

/** What every kind can be configured with. */
export interface NotifierSettings {
  readonly kind: string;
  readonly name?: string | undefined;
  readonly minimumLevel: Level;
  readonly timeout?: number | undefined;
}

/** A way to tell people or programs: one file that exports one of these, one line in `index.ts`. */
export interface Notifier<S extends z.ZodType<NotifierSettings>> {
  /** The configuration of it; its `kind` is the name. */
  readonly schema: S;
  /** Where the safe assumptions about its settings are wrong. */
  readonly declared?: Declared;
  /** Whether something stays open there until it is told that the incident is over. */
  readonly keepsIncidents: boolean;
  /** Where it sends to, fit to be shown: without credentials and query. */
  target(settings: z.output<S>, sending: Pick<Sending, 'label'>): string;
  /**
   * Sends one event, once. Whatever fails comes back as data; the caller tries again. `before` is the last event of the
   * same incident that was sent there, `null` where none is known.
   */
  send(
    event: DriftEvent,
    settings: z.output<S>,
    sending: Sending,
    before: DriftEvent | null,
  ): Promise<SendResult>;
  /** Where silence is taken for the end of an incident. */
  readonly renewal?: Renewal<z.output<S>>;
}

/** How an open incident is kept open. */
export interface Renewal<Settings> {
  /** How often, in milliseconds. */
  everyMs(settings: Settings, sending: Pick<Sending, 'intervalMs'>): number;
  /** Repeats the last event of an open incident. */
  renew(event: DriftEvent, settings: Settings, sending: Sending): Promise<SendResult>;
}
