import { type Report, type Severity, severities } from '../../model.js';
import { symbols } from '../text/theme.js';
import type { Status } from './participant-status.js';

/** How a report looks as a whole, in every format: a word, a mark and a tone. */
export interface Overall {
  /** The tone of all that stands for the report as a whole: colour, mark, tab icon. */
  readonly status: Status;
  readonly mark: string;
  /** The verdict; where all agree and something is wrong all the same, with the level. */
  readonly word: string;
}

/** All agree, and something is to be looked at. */
const attention = '!';

/**
 * Follows the exit code and the worst finding. The verdict alone makes nothing green: all may agree on a secret that
 * anyone can look up.
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

/** The worst severity of these findings; `null` where there are none. */
export function worstOf(findings: readonly { readonly severity: Severity }[]): Severity | null {
  return severities.findLast((severity) => findings.some((finding) => finding.severity === severity)) ?? null;
}
