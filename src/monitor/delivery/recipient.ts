import type { Level } from '../../model.js';
import type { Outcome } from '../../observe/network/network.js';
import type { DriftEvent } from '../monitor-model.js';

/** The result of one attempt to deliver an event. */
export type SendResult = Outcome<null> & {
  /** For a failure: a retry is useless, because the recipient understood and rejected the event. */
  readonly final?: boolean;
  /** Of a failure: milliseconds to wait at least before the next try (`Retry-After`, RFC 9110 §10.2.3). */
  readonly retryAfterMs?: number;
};

/** A recipient of events: a configured notifier, the history file or standard output. */
export interface Recipient {
  /** Unique and stable across restarts: the key in the state file and the metrics. */
  readonly name: string;
  /** Events below this level are not sent to it. */
  readonly minimumLevel: Level;
  /**
   * Delivers one event, once. A failure is returned as data. `before` is the last delivered event of the same incident,
   * or `null` if none is known.
   */
  send(event: DriftEvent, before: DriftEvent | null): Promise<SendResult>;
  /**
   * Present if the recipient treats a silent incident as ended: repeats the last event of an open incident. Called
   * about every `everyMs` milliseconds for every open incident that was delivered.
   */
  readonly renewal?: {
    readonly everyMs: number;
    renew(event: DriftEvent): Promise<SendResult>;
  };
}
