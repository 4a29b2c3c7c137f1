import type { ExitCode, Finding, Severity, Verdict } from '../model.js';
import { isAtLeast } from '../model.js';

/** The least severity of a finding that fails a check in which all participants agree. */
export type FailOn = Exclude<Severity, 'info'> | 'never';

/** The meaning of every exit code; frozen, and printed by `--help`. */
export const exitCodes: Record<ExitCode, string> = {
  0: 'consistent',
  1: 'inconsistent, or a finding at or above --fail-on',
  2: 'usage or configuration error: nothing was checked',
  3: 'inconclusive: something needed could not be read',
  4: 'internal error (a bug)',
  130: 'interrupted',
  143: 'terminated',
};

/**
 * The exit code of a check.
 * @param counted the findings that count; for an inconclusive verdict, without those that explain it
 */
export function exitCodeOf(verdict: Verdict, counted: readonly Finding[], failOn: FailOn): ExitCode {
  if (verdict === 'inconsistent') return 1;
  const bad = failOn !== 'never' && counted.some(({ severity }) => isAtLeast(severity, failOn));
  if (bad) return 1;
  return verdict === 'consistent' ? 0 : 3;
}
