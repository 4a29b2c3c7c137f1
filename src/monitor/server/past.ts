import { openIncidents } from '../alerting/open-incidents.js';
import type { HistoryRecord } from '../history/record.js';
import type { MonitorView } from './monitor-view.js';
import { createTimeline, type Past, type Timeline } from './timeline.js';

/** The longest readable past in milliseconds: a week. */
export const longestPastMs = 7 * 24 * 3_600_000;

/** The past of the environment, read from the history once and updated from then on. */
export interface PastOfMonitor {
  /** @throws any error of reading the history; the next call reads again */
  since(since: Date): Promise<Past>;
  close(): void;
}

/** Reads nothing before the first request. */
export function openPast(view: MonitorView): PastOfMonitor {
  const openNow = (): Set<string> => new Set(openIncidents(view.state()).map(({ id }) => id));
  let loading: Promise<Timeline> | null = null;
  let unsubscribe = (): void => {};

  async function load(): Promise<Timeline> {
    const timeline = createTimeline(longestPastMs, () => view.intervalMs);
    let late: HistoryRecord[] | null = [];
    unsubscribe = view.subscribe((record) => {
      if (late === null) timeline.add(record);
      else late.push(record);
    });
    const { environment } = view;
    const from = new Date(view.now().getTime() - longestPastMs);
    let keysAt = '';
    for await (const record of view.history(from)) {
      if (record.environment !== environment) continue;
      timeline.add(record);
      if (record.type === 'keys') keysAt = record.at;
    }
    // Key records older than the last one read would revert it.
    for (const record of late) if (record.type !== 'keys' || record.at > keysAt) timeline.add(record);
    late = null;
    return timeline;
  }

  return {
    async since(since) {
      const mine = loading ?? load();
      loading = mine;
      try {
        return (await mine).between(since, view.now(), openNow());
      } catch (error) {
        if (loading === mine) {
          unsubscribe();
          loading = null;
        }
        throw error;
      }
    },
    close: () => unsubscribe(),
  };
}

/** Milliseconds for which an answer about a span that moves with the time is right enough. */
const freshMs = 10_000;

/** The number of cached time spans; others are computed again. */
const mostKept = 16;

/**
 * Cached responses that are expensive to compute, valid until something new happened. Concurrent requests share one
 * computation.
 */
export interface Answers<T> {
  of(span: number, make: () => Promise<T>): Promise<T>;
  forget(): void;
}

export function openAnswers<T>(): Answers<T> {
  const kept = new Map<number, { readonly answer: Promise<T>; readonly at: number }>();
  return {
    of(span, make) {
      const known = kept.get(span);
      if (known !== undefined && performance.now() - known.at < freshMs) return known.answer;
      const answer = make();
      kept.delete(span);
      kept.set(span, { answer, at: performance.now() });
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
      // A failed build is repeated by the next request.
      answer.catch(() => {
        if (kept.get(span)?.answer === answer) kept.delete(span);
      });
      return answer;
    },
    forget: () => kept.clear(),
  };
}
