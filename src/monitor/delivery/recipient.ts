import type { Level } from '../../model.js';
import type { Outcome } from '../../observe/network/network.js';
import type { DriftEvent } from '../monitor-model.js';

/** What became of one try to tell an event. */
export type SendResult = Outcome<null> & {
  /** Of a failure: trying again is of no use, because the recipient understood and refused. */
  readonly final?: boolean;
  /** Of a failure: milliseconds to wait at least before the next try (`Retry-After`, RFC 9110 §10.2.3). */
  readonly retryAfterMs?: number;
};

/** Whoever is told of events: a notifier of the configuration, the history file, standard output. */
export interface Recipient {
  /** Unique, and the same from one start to the next: the state file and the metrics know it by this name. */
  readonly name: string;
  /** Events below this level are not sent to it. */
  readonly minimumLevel: Level;
  /**
   * Tells it of one event, once. Whatever fails comes back as data. `before` is the last event of the same incident
   * that it was told of, `null` where none is known.
   */
  send(event: DriftEvent, before: DriftEvent | null): Promise<SendResult>;
  /**
   * Where an incident that nobody speaks of any more is taken for over: repeats the last event of one that is open.
   * Called about every `everyMs` milliseconds for every open incident it was told of.
   */
  readonly renewal?: {
    readonly everyMs: number;
    renew(event: DriftEvent): Promise<SendResult>;
  };
}
