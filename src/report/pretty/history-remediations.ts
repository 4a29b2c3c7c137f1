import type { RemediationStatistics } from '../../monitor/history/remediations.js';
import { remediationResults } from '../../monitor/remediation/remediation-model.js';
import type { Style } from '../reporter.js';
import { count, formatTime } from '../text/format.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import type { Column } from '../text/table.js';
import type { Theme } from '../text/theme.js';
import type { Status } from '../view/status.js';
import { type Row, section } from './history-table.js';

const columns: readonly Column[] = [
  { header: 'REMEDIATIONS', shrinkTo: 16 },
  { header: 'STARTED', alignRight: true },
  { header: 'RESULTS' },
  { header: 'LAST' },
];

function rowOf({ participant, started, results, lastAt }: RemediationStatistics): Row {
  const title = sanitizeAndTruncate(participant, 32);
  const ended = remediationResults.filter((result) => results[result] > 0);
  const text = ended.map((result) => `${count(results[result])} ${result}`).join(', ') || '-';
  const status: Status = ended.some((result) => result !== 'fixed')
    ? 'bad'
    : results.fixed < started
      ? 'unknown'
      : 'ok';
  return {
    status,
    title,
    cells: [{ text: title }, { text: count(started) }, { text }, { text: formatTime(lastAt) }],
    details: [`${count(started)} started: ${text}; the last at ${formatTime(lastAt)}`],
  };
}

/** The actions that the monitor carried out, by participant. */
export const remediationLines = (
  remediations: readonly RemediationStatistics[],
  theme: Theme,
  style: Style,
): string[] => section(columns, remediations.map(rowOf), theme, style);
