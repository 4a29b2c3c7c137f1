import type { Report } from '../../model.js';
import type { CheckRecord, ParticipantRecord } from './record.js';

/** What the history keeps of a report. Pure. */
export function checkRecordOf(report: Report): CheckRecord {
  const answers = answersOf(report);
  return {
    type: 'check',
    at: report.startedAt,
    environment: report.environment,
    verdict: report.verdict,
    level: report.level,
    durationMs: report.durationMs,
    codes: [...new Set(report.findings.map(({ code }) => code))],
    impact: { currency: report.impact.currency, mrrAtRisk: report.impact.mrrAtRisk },
    participants: report.participants.map(({ name, reachable, agrees }) => ({
      name,
      up: reachable,
      agrees,
      ...(answers.get(name) ?? { accepted: 0, shown: 0, latenciesMs: [] }),
    })),
  };
}

/** A check that gave no report. Nothing can be told of anybody, and nothing is known to be at risk. Pure. */
export function failedCheckRecord(failed: {
  readonly environment: string;
  /** When it started. */
  readonly at: Date;
  readonly durationMs: number;
  readonly currency: string;
}): CheckRecord {
  return {
    type: 'check',
    at: failed.at.toISOString(),
    environment: failed.environment,
    verdict: null,
    level: 'WARNING',
    durationMs: failed.durationMs,
    codes: [],
    impact: { currency: failed.currency, mrrAtRisk: 0 },
    participants: [],
  };
}

type Answers = Pick<ParticipantRecord, 'accepted' | 'shown' | 'latenciesMs'>;

/**
 * What became of valid tokens, by who was shown them. A token of somebody who differs says nothing about whoever
 * refuses it, and no answer is no refusal: both are left out.
 */
function answersOf(report: Report): ReadonlyMap<string, Answers> {
  const right = new Set(report.participants.filter(({ agrees }) => agrees === true).map(({ name }) => name));
  if (report.reference !== null) right.add(report.reference.participant);
  const answers = new Map<string, { accepted: number; shown: number; latenciesMs: number[] }>();
  for (const { participant, minter, token, result, latencyMs } of report.attempts) {
    if (token !== 'genuine' || result === 'inconclusive' || minter === null || !right.has(minter)) continue;
    let own = answers.get(participant);
    if (own === undefined) {
      own = { accepted: 0, shown: 0, latenciesMs: [] };
      answers.set(participant, own);
    }
    own.shown += 1;
    if (result === 'accepted') own.accepted += 1;
    own.latenciesMs.push(latencyMs);
  }
  return answers;
}
