import type { HistoryRecord, RotationRecord } from './record.js';

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
