import type { Report } from '../../model.js';
import { formatLatency } from '../../schema/duration.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';

/** What depends on those that differ; `null` where no money does. */
export function money(report: Report): string | null {
  const { currency, mrrAtRisk, participants } = report.impact;
  if (!(mrrAtRisk > 0)) return null;
  const named = participants.slice(0, 5).map(({ name, note }) => {
    const because = note === null ? '' : ` (${sanitizeAndTruncate(note, 60)})`;
    return `${sanitizeAndTruncate(name, 32)}${because}`;
  });
  const more = participants.length > 5 ? ` and ${participants.length - 5} more` : '';
  const whom = named.length === 0 ? '' : `: ${named.join(', ')}${more}`;
  return `${sanitizeAndTruncate(currency, 8)} ${mrrAtRisk.toLocaleString('en-US', { maximumFractionDigits: 2 })} a month at risk${whom}`;
}

/** How urgent, how long, and the exit code unless it is 0. */
export function summaryLine(report: Report): string {
  const parts = [report.level, formatLatency(report.durationMs)];
  if (report.exitCode !== 0) {
    const odd = report.exitCode === 1 && report.verdict !== 'inconsistent';
    parts.push(`exit code ${report.exitCode}${odd ? ' because of a finding (--fail-on)' : ''}`);
  }
  return parts.join(', ');
}
