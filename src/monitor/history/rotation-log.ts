import type { Report } from '../../model.js';
import type { HistoryRecord, RotationRecord } from './record.js';

/** What a report says of the open rotation, or of the last one; `null`: nothing. Pure. */
export function rotationRecordOf({
  environment,
  startedAt,
  rotation,
  lastRotation,
  findings,
}: Report): RotationRecord | null {
  const about = { type: 'rotation', at: startedAt, environment } as const;
  if (rotation !== undefined) {
    const { id, mode, state, from, to, openedAt, since, participants } = rotation;
    const accepting = participants.filter(
      ({ signs, accepts, rejects }) => (accepts.includes(to) || signs.includes(to)) && !rejects.includes(to),
    );
    return {
      ...about,
      rotation: { id, mode, state, from, to, openedAt: utc(openedAt), enteredAt: utc(since) },
      stalled: findings.some(({ code }) => code === 'rotation-stalled'),
      accepting: accepting.map(({ name }) => name),
      waiting: participants.filter(({ lacks }) => lacks.length > 0).map(({ name }) => name),
    };
  }
  if (lastRotation === undefined) return null;
  const { id, mode, outcome: state, from, to, openedAt, at } = lastRotation;
  return {
    ...about,
    rotation: { id, mode, state, from, to, openedAt: utc(openedAt), enteredAt: utc(at) },
    stalled: false,
    accepting: [],
    waiting: [],
  };
}

/** As all times of the history are written, so that they sort as text. */
function utc(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}

/** What a history knows of rotations while it is written: it repeats nothing that stands in the file. */
export interface RotationLog {
  /** The record if it says anything new; `null`: it does not. It counts as written until it is lost. */
  changes(record: RotationRecord): RotationRecord | null;
  /** All that is known, for the beginning of a file. */
  all(): RotationRecord[];
  /** A record was not written: it is written again. */
  lost(record: HistoryRecord): void;
}

export function createRotationLog(): RotationLog {
  /** By environment. */
  const written = new Map<string, { readonly text: string; readonly record: RotationRecord }>();
  return {
    changes(record) {
      const { at: _, ...content } = record;
      const text = JSON.stringify(content);
      if (written.get(record.environment)?.text === text) return null;
      written.set(record.environment, { text, record });
      return record;
    },
    all: () => [...written.values()].map(({ record }) => record),
    lost({ type, environment }) {
      if (type === 'rotation') written.delete(environment);
    },
  };
}
