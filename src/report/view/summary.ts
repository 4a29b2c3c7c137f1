import type { Report, Severity } from '../../model.js';
import { formatLatency } from '../../schema/duration.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { type Status, symbols, worstOf } from './status.js';

/** How a report looks as a whole, in every format: a status, a symbol and a word. */
export interface Overall {
  /** The tone of all that stands for the report as a whole: color, symbol, tab icon. */
  readonly status: Status;
  readonly mark: string;
  /** The verdict; with the level if all participants agree and the check failed nevertheless. */
  readonly word: string;
}

/** All participants agree, and a finding needs attention. */
const attention = '!';

/**
 * Follows the exit code and the worst finding. The verdict alone turns nothing green: all participants may agree on a
 * secret that anyone can look up.
 */
export function overall(report: Pick<Report, 'verdict' | 'exitCode' | 'findings' | 'level'>): Overall {
  const { verdict, exitCode, findings, level } = report;
  const status = statusOf(exitCode, worstOf(findings));
  return {
    status,
    mark: exitCode === 0 && status === 'unknown' ? attention : symbols[status],
    word: verdict === 'consistent' && status === 'bad' ? `CONSISTENT, ${level}` : verdict.toUpperCase(),
  };
}

function statusOf(exitCode: number, worst: Severity | null): Status {
  if (exitCode === 1 || worst === 'critical') return 'bad';
  if (exitCode !== 0) return 'unknown';
  return worst === null || worst === 'info' ? 'ok' : 'unknown';
}

/** The revenue that depends on the participants that differ; `null` if none does. */
export function impactText({ impact }: Pick<Report, 'impact'>): string | null {
  const { currency, mrrAtRisk, participants } = impact;
  if (!(mrrAtRisk > 0)) return null;
  const named = participants.slice(0, 5).map(({ name, note }) => {
    const because = note === null ? '' : ` (${sanitizeAndTruncate(note, 60)})`;
    return `${sanitizeAndTruncate(name, 32)}${because}`;
  });
  const more = participants.length > 5 ? ` and ${participants.length - 5} more` : '';
  const participantNames = named.length === 0 ? '' : `: ${named.join(', ')}${more}`;
  return `${sanitizeAndTruncate(currency, 8)} ${mrrAtRisk.toLocaleString('en-US', { maximumFractionDigits: 2 })} a month at risk${participantNames}`;
}

/** The alert level, the duration, and the exit code unless it is 0. */
export function summaryLine(report: Report): string {
  const parts = [`alert level ${report.level}`, formatLatency(report.durationMs)];
  if (report.exitCode !== 0) {
    const byPolicy = report.exitCode === 1 && report.verdict !== 'inconsistent';
    parts.push(`exit code ${report.exitCode}${byPolicy ? ' because of a finding (--fail-on)' : ''}`);
  }
  return parts.join(', ');
}

const mostEmulators = 3;

/**
 * The note that secrets were read from an emulator instead of Google Secret Manager, in words that stand alone; `null`
 * if no emulator was read.
 */
export function emulatorNote({ emulators = [] }: Pick<Report, 'emulators'>): string | null {
  if (emulators.length === 0) return null;
  const named = emulators.slice(0, mostEmulators).map((address) => sanitizeAndTruncate(address, 60));
  const more = emulators.length > mostEmulators ? ` and ${emulators.length - mostEmulators} more` : '';
  return `Secret Manager emulator at ${named.join(', ')}${more}`;
}
