import { createHash } from 'node:crypto';
import type { DriftEvent } from '../monitor/monitor-model.js';

/** The members that differ between events; the rest is derived from them. */
export type Transition = Omit<DriftEvent, 'schemaVersion' | 'id' | 'durationMs'>;

/**
 * An event. Its id is derived from the incident, the type and the time. A step repeated after a crash therefore
 * produces the same event, not a second one.
 */
export function eventOf(happening: Transition): DriftEvent {
  const { incident, dedupKey, type, level, peak, environment, at, since } = happening;
  const { participants, summary, findings, impact, links, emulators, rotation } = happening;
  // A clock that was set back must not make an incident begin after it ends.
  const began = elapsed(since, at) === 0 ? at : since;
  return {
    schemaVersion: 1,
    id: idOf([incident, type, at]),
    incident,
    dedupKey,
    type,
    level,
    peak,
    environment,
    at,
    since: began,
    durationMs: elapsed(began, at),
    participants,
    summary,
    findings,
    impact,
    links,
    ...(emulators === undefined ? {} : { emulators }),
    ...(rotation === undefined ? {} : { rotation }),
  };
}

/** Half of the digits of SHA-256 are enough to be unique. */
function idOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/** Milliseconds between two times (RFC 3339); 0 if the clock was set back, or if one is invalid. */
export function elapsed(from: string, to: string): number {
  const ms = Date.parse(to) - Date.parse(from);
  return ms > 0 ? ms : 0;
}
