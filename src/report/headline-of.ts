import type { Report } from '../model.js';
import { headline } from './headline.js';
import { standpoints } from './standing.js';
import { tokenTable } from './tokens.js';

/** The verdict in one sentence, for whoever needs nothing else of the report. */
export function headlineOf(report: Report): string {
  const points = standpoints(report);
  return headline(report, points, tokenTable(report, points));
}
