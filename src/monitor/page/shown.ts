import { formatElapsed } from '../../schema/duration.js';
import type { StatusDocument } from '../server/status-document.js';

/** The tone of the page: healthy, unhealthy, unknown, or out of date. */
export type Tone = 'ok' | 'bad' | 'unknown' | 'stale';

/** The verdict as it is shown. */
export interface Shown {
  readonly tone: Tone;
  readonly word: string;
  readonly sentence: string;
}

/** The data of the page, and when it arrived. */
export interface Known {
  readonly status: StatusDocument | null;
  /** Whether the last question to the monitor was answered. */
  readonly reached: boolean;
  /** The last contact with the monitor, in milliseconds of the local clock. */
  readonly heardAt: number;
  /** Milliseconds, this machine's clock. */
  readonly now: number;
}

/**
 * The headline of the page. It never shows an uncertain state as healthy: neither without contact to the monitor, nor
 * if its last check is old or failed.
 */
export function shown({ status, reached, heardAt, now }: Known): Shown {
  if (status === null) {
    if (reached) return { tone: 'stale', word: 'Loading', sentence: 'Asking the monitor.' };
    return {
      tone: 'stale',
      word: 'No contact',
      sentence: 'The monitor does not answer. This page keeps trying.',
    };
  }
  const before = status.report === null ? '' : ` The last verdict was: ${status.report.word.toLowerCase()}.`;
  if (!reached) {
    const since = `The monitor has not answered for ${formatElapsed(now - heardAt)}; the data below is from before.`;
    return { tone: 'stale', word: 'No contact', sentence: `${since}${before} This page keeps trying.` };
  }
  const { lastCheck, report } = status;
  if (lastCheck === null)
    return { tone: 'stale', word: 'Waiting', sentence: 'The first check has not ended yet.' };
  // The time since the clock value that the monitor sent: its clock may differ from the local one.
  const age = Date.parse(status.now) + (now - heardAt) - Date.parse(lastCheck.endedAt);
  if (age > status.freshForMs) {
    const since = `No check has ended for ${formatElapsed(age)}: the monitor runs, but it is stuck.`;
    return { tone: 'stale', word: 'Stale', sentence: `${since}${before}` };
  }
  if (lastCheck.failed !== null)
    return {
      tone: 'unknown',
      word: 'Check failed',
      sentence: `The last check gave no result: ${lastCheck.failed}`,
    };
  if (report === null) return { tone: 'stale', word: 'Waiting', sentence: 'There is no report yet.' };
  const word = `${report.word.charAt(0)}${report.word.slice(1).toLowerCase()}`;
  return { tone: report.status, word, sentence: report.sentence };
}
