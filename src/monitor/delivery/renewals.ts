import type { DriftEvent } from '../monitor-model.js';
import type { Recipient } from './recipient.js';

/** The open incidents of one recipient. They are repeated to a recipient that treats silence as their end. */
export interface Renewals {
  /** The last event of an incident that was delivered; `null` if none is known. */
  lastOf(incident: string): DriftEvent | null;
  /** This is now the last event of an open incident. */
  keep(event: DriftEvent): void;
  /** The incident is not repeated any more. */
  end(incident: string): void;
  /** Whether the event is still to be repeated. */
  isRepeated(event: DriftEvent): boolean;
  /** The event to repeat at this moment of the monotonic clock; `null` if none is due. */
  next(now: number): DriftEvent | null;
  /** The moment of the next repetition; `null` if nothing is repeated. */
  dueAt(): number | null;
  /** The recipient asked to wait until this moment. */
  pauseUntil(moment: number): void;
  /** Ends the current round: what is left of it is repeated with the next one. */
  endRound(): void;
}

/**
 * @param open the last event of every open incident
 * @param ending the incidents whose end waits to be sent
 */
export function openRenewals(
  recipient: () => Recipient,
  open: readonly DriftEvent[],
  ending: () => ReadonlySet<string>,
  random: () => number,
): Renewals {
  /** By incident: the last event that was delivered. */
  const last = new Map(open.map((event) => [event.incident, event]));
  /** Open incidents to repeat in this round. */
  let round: DriftEvent[] = [];
  let roundAt = performance.now();
  let pausedUntil = 0;

  function repeated(): DriftEvent[] {
    if (recipient().renewal === undefined) return [];
    const ends = ending();
    return [...last.values()].filter(({ incident }) => !ends.has(incident));
  }
  const nextRoundAt = (): number => Math.max(roundAt, pausedUntil);

  return {
    lastOf: (incident) => last.get(incident) ?? null,
    keep: (event) => void last.set(event.incident, event),
    end: (incident) => void last.delete(incident),
    isRepeated: (event) => repeated().includes(event),
    next(now) {
      const events = repeated();
      if (events.length > 0 && nextRoundAt() <= now) {
        round = events;
        const everyMs = recipient().renewal?.everyMs ?? Number.POSITIVE_INFINITY;
        roundAt = now + everyMs * (0.9 + random() / 10);
      }
      return round.shift() ?? null;
    },
    dueAt: () => (repeated().length > 0 ? nextRoundAt() : null),
    pauseUntil(moment) {
      pausedUntil = moment;
    },
    endRound() {
      round = [];
    },
  };
}
