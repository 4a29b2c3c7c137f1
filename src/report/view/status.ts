import { type Finding, type Severity, severities } from '../../model.js';

/** How something is shown: as it should be, not as it should be, or unknown. */
export type Status = 'ok' | 'bad' | 'unknown';

/** The order in which rows are read: the worst first. */
export const statusRank: Readonly<Record<Status, number>> = { bad: 0, unknown: 1, ok: 2 };

/** All statuses, the worst first. */
export const worstFirst = ['bad', 'unknown', 'ok'] as const satisfies readonly Status[];

/** One symbol for each status; never the only sign, because fonts and colors may be missing. */
export const symbols: Readonly<Record<Status, string>> = { ok: '✓', bad: '✗', unknown: '?' };

/** The status that a finding of each severity is shown with. */
export const severityStatus: Readonly<Record<Severity, Status>> = {
  critical: 'bad',
  error: 'bad',
  warning: 'unknown',
  info: 'ok',
};

/** One symbol for each severity. */
export const severitySymbols: Readonly<Record<Severity, string>> = {
  critical: symbols.bad,
  error: symbols.bad,
  warning: symbols.unknown,
  info: 'i',
};

/** Findings with the worst first, otherwise in the report's order. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
}

/** The worst severity of these findings; `null` if there are none. */
export function worstOf(findings: readonly { readonly severity: Severity }[]): Severity | null {
  return severities.findLast((severity) => findings.some((finding) => finding.severity === severity)) ?? null;
}
