import type { FindingCode } from '../../finding-codes.js';
import { rules } from '../../judge/rules/index.js';
import { type Finding, isAtLeast, type Level, type RemedyStep, type Report } from '../../model.js';
import { sanitizeAndTruncate } from '../../report/text/sanitize.js';
import { isWorse, worse } from '../event-types.js';
import type { Drift } from '../monitor-model.js';

/** Limits of the stored and sent data of one drift, independent of the size of the environment. */
const mostFindings = 100;
const longestText = 2000;

/** Findings that explain why a check was inconclusive, which is no drift. */
export const couldNotTell: ReadonlySet<FindingCode> = new Set(
  rules.filter((rule) => rule.family === 'could-not-tell').map((rule) => rule.code),
);

/** Findings that are an alarm even where all agree. */
const evenInAgreement: ReadonlySet<FindingCode> = new Set([
  'published-default',
  'shared-across-environments',
]);

/** Whether a finding reports a fault, as opposed to a weakness or an unknown. */
export function isGrave({ severity }: Finding): boolean {
  return isAtLeast(severity, 'error');
}

/** The drift that a check shows; `null` if the check is not bad. */
export function driftOf(report: Report): Drift | null {
  if (report.verdict !== 'inconsistent' && report.exitCode !== 1) return null;
  const concerned = concernedBy(report);
  const findings = bearing(report, concerned);
  return {
    level: levelOf(report),
    participants: report.participants.map((p) => p.name).filter((name) => concerned.has(name)),
    summary: whatIsWrong(findings),
    findings: findings.slice(0, mostFindings).map(toldOf),
    impact: { currency: report.impact.currency, mrrAtRisk: report.impact.mrrAtRisk },
  };
}

/** A finding as an event carries it, limited in size. */
export function toldOf({ code, participants, message, remedy, steps }: Finding): Drift['findings'][number] {
  return {
    ...{ code, participants },
    message: bounded(message),
    remedy: bounded(remedy),
    steps: boundedSteps(steps),
  };
}

/** The first steps, up to the limit of a remedy. A command is complete or omitted: half of a command is harmful. */
function boundedSteps(steps: readonly RemedyStep[]): readonly RemedyStep[] {
  const kept: RemedyStep[] = [];
  let left = longestText;
  for (const step of steps) {
    const length = 'command' in step ? step.command.length : step.text.length;
    if (length > left && 'text' in step && left > 1) kept.push({ text: `${step.text.slice(0, left - 1)}…` });
    if (length > left) break;
    kept.push(step);
    left -= length;
  }
  return kept;
}

const bounded = (text: string): string =>
  text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;

/** The report's level does not cover hygiene findings: it depends only on inconsistent participants. */
function levelOf(report: Report): Level {
  const alarming = report.findings.some(
    (f) => f.severity === 'critical' && (report.verdict !== 'inconsistent' || evenInAgreement.has(f.code)),
  );
  return worse(report.level, alarming ? 'CRITICAL' : 'WARNING');
}

function concernedBy(report: Report): ReadonlySet<string> {
  const grave = report.findings.filter((f) => isGrave(f) && !couldNotTell.has(f.code));
  const names = grave.flatMap((f) => f.participants);
  if (names.length === 0 && report.verdict !== 'inconsistent')
    names.push(...report.findings.filter((f) => !couldNotTell.has(f.code)).flatMap((f) => f.participants));
  return new Set([
    ...names,
    ...report.participants.filter((p) => p.agrees === false).map((p) => p.name),
    ...report.impact.participants.map((p) => p.name),
  ]);
}

/** The findings that report the drift, and those related to it: about the same participants, or about a rotation. */
function bearing(report: Report, concerned: ReadonlySet<string>): Finding[] {
  const known = report.findings.filter((f) => !couldNotTell.has(f.code));
  return known.filter(
    (f) => isGrave(f) || f.code === 'rotation-overlap' || f.participants.some((name) => concerned.has(name)),
  );
}

/** The worst finding, which comes first, and the number of others. */
function whatIsWrong(findings: readonly Finding[]): string {
  const [worst, ...others] = findings;
  if (worst === undefined) return 'the participants do not agree';
  const codes = [...new Set(others.filter(isGrave).map((f) => f.code))].filter((code) => code !== worst.code);
  const also =
    codes.length === 0
      ? ''
      : `; also ${codes
          .slice(0, 3)
          .map((code) => sanitizeAndTruncate(code, 40))
          .join(', ')}`;
  const more = codes.length > 3 ? ` and ${codes.length - 3} more` : '';
  return `${summaryOfFinding(worst)}${also}${more}`;
}

/** A finding within a sentence. */
export const summaryOfFinding = ({ message }: Pick<Finding, 'message'>): string =>
  sanitizeAndTruncate(message, 240).replace(/\.$/, '');

/**
 * The drift, with the reported findings of participants that cannot be checked now. Nothing shows that they were fixed,
 * so their findings and the level stay.
 */
export function withUnseen(told: Drift, drift: Drift, unseen: (name: string) => boolean): Drift {
  const hidden = new Set(
    told.participants.filter((name) => unseen(name) && !drift.participants.includes(name)),
  );
  if (hidden.size === 0) return drift;
  const remaining = told.findings.flatMap((f) => {
    const participants = f.participants.filter((name) => hidden.has(name));
    return participants.length === 0 ? [] : [{ ...f, participants }];
  });
  const { currency, mrrAtRisk } = drift.impact;
  return {
    level: worse(told.level, drift.level),
    participants: [...drift.participants, ...hidden],
    summary: drift.summary,
    findings: [...drift.findings, ...remaining].slice(0, mostFindings),
    impact: { currency, mrrAtRisk: Math.max(mrrAtRisk, told.impact.mrrAtRisk) },
  };
}

/** Whether both show the same: level, participants, and the causes of each. The wording may differ, and the money. */
export function sameDrift(one: Drift, other: Drift): boolean {
  return signature(one) === signature(other);
}

/** Whether a drift is worse than the reported one, or has all of its participants and others. */
export function addsTo(told: Drift, { level, participants }: Drift): boolean {
  if (isWorse(level, told.level)) return true;
  if (isWorse(told.level, level)) return false;
  const names = new Set(participants);
  return names.size > new Set(told.participants).size && told.participants.every((name) => names.has(name));
}

function signature({ level, participants, findings }: Drift): string {
  const causes = findings.flatMap((f) =>
    f.participants.length === 0
      ? [JSON.stringify([f.code])]
      : f.participants.map((name) => JSON.stringify([f.code, name])),
  );
  return JSON.stringify([level, [...new Set(participants)].sort(), [...new Set(causes)].sort()]);
}
