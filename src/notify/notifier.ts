import * as z from 'zod';
import type { Declared } from '../config/declared.js';
import { type Level, levels } from '../model.js';
import type { SendResult } from '../monitor/delivery/recipient.js';
import type { DriftEvent } from '../monitor/monitor-model.js';
import type { ObserveContext } from '../observe/context.js';
import { timeout, tls } from '../schema/fields.js';

/** The dependencies of sending: the network with its limits, the clock, and the display of configured texts. */
export type Sending = Pick<ObserveContext, 'network' | 'now' | 'label'> & {
  /** The text of the recipient's answer, safe to display. */
  readonly scrub: (text: string) => string;
  /** Milliseconds for one try. */
  readonly timeoutMs: number;
  /** Milliseconds between two checks. */
  readonly intervalMs: number;
};

/** The settings common to every kind. */
interface NotifierSettings {
  readonly kind: string;
  readonly name?: string | undefined;
  readonly minimumLevel: Level;
  readonly timeout?: number | undefined;
}

/** A kind of notifier: one file that exports it, and one line in `index.ts`. */
export interface Notifier<S extends z.ZodType<NotifierSettings>> {
  /** The configuration of it; its `kind` is the name. */
  readonly schema: S;
  /** Overrides of the safe defaults for its settings. */
  readonly declared?: Declared;
  /** Whether an incident stays open there until its end is reported. */
  readonly keepsIncidents: boolean;
  /**
   * Whether everything that is sent there becomes an alert. It then receives no events about what goes as planned,
   * whatever its `minimumLevel`.
   */
  readonly alertsOnly?: boolean;
  /** The destination, safe to display: without credentials and query. */
  target(settings: z.output<S>, sending: Pick<Sending, 'label'>): string;
  /**
   * Sends one event, once. A failure is returned as data; the caller retries. `before` is the last event of the same
   * incident that was sent there, `null` if none is known.
   */
  send(
    event: DriftEvent,
    settings: z.output<S>,
    sending: Sending,
    before: DriftEvent | null,
  ): Promise<SendResult>;
  /** Present if the recipient treats silence as the end of an incident. */
  readonly renewal?: Renewal<z.output<S>>;
}

/** Keeps an open incident open. */
export interface Renewal<Settings> {
  /** The interval in milliseconds. */
  everyMs(settings: Settings, sending: Pick<Sending, 'intervalMs'>): number;
  /** Repeats the last event of an open incident. */
  renew(event: DriftEvent, settings: Settings, sending: Sending): Promise<SendResult>;
}

/** The default timeout of one attempt, in milliseconds. */
export const defaultTimeoutMs = 10_000;

/** The settings common to every kind. */
export const common = {
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
      'expected up to 64 letters, digits, dots, dashes, underscores',
    )
    .optional()
    .describe('What metrics and the history call it. Default: its kind, then kind-2 and so on.'),
  minimumLevel: z.enum(levels).default('WARNING').describe('Events below this level are not sent to it.'),
  timeout: timeout.optional().describe('How long one try may take; default 10s.'),
  tls: tls.optional(),
};
