import type { Report } from '../../model.js';
import { headline } from './headline.js';
import { participantStatuses } from './participant-status.js';
import { tokenTable } from './token-table.js';

/** The verdict in one sentence, for whoever needs nothing else of the report. */
export function headlineOf(report: Report): string {
  const points = participantStatuses(report);
  return headline(report, points, tokenTable(report, points));
}
