import type { Attempt, Observations, Report, ReportAttempt } from '../model.js';
import { version } from '../version.js';
import { applyRules } from './apply-rules.js';
import { type Comparison, compare } from './compare.js';
import { exitCodeOf, type FailOn } from './exit-code.js';
import { withProvedRejections } from './inconclusive-answers.js';
import { proofOutcome } from './participants.js';
import { versionOfMinted, withoutRotation } from './rotation/separate.js';
import { rules } from './rules/index.js';
import { unusableCodes } from './rules/participant-unreachable.js';
import { settled } from './second-look/settle.js';
import { verified } from './tokens.js';
import { inconsistentOnes, levelOf, verdictOf } from './verdict.js';

/** Turns observations into the report. Pure: the same observations always give the same report. */
export function judge(seen: Observations, policy: { failOn: FailOn }): Report {
  const all = settled(withProvedRejections(settled(seen)));
  const comparison = compare(all);
  const observations = withoutRotation(all);
  const verdict = verdictOf(observations, comparison);
  const found = applyRules(rules, observations, comparison);
  // If the verdict is inconclusive, could-not-tell findings are its reason. If it is consistent, they are ordinary
  // warnings.
  const counted = found
    .filter((f) => verdict === 'consistent' || f.rule.family !== 'could-not-tell')
    .map((f) => f.finding);
  const exitCode = exitCodeOf(verdict, counted, policy.failOn);
  return {
    schemaVersion: 1,
    tool: { name: 'jwtcheck', version },
    environment: observations.environment,
    startedAt: observations.startedAt.toISOString(),
    durationMs: observations.durationMs,
    verdict,
    exitCode,
    level: levelOf(
      observations,
      comparison,
      { verdict, exitCode },
      found.map((f) => f.finding),
    ),
    reference: referenceOf(observations),
    groups: comparison.groups,
    participants: participantsOf(observations, comparison),
    attempts: all.attempts.map((attempt) => reportAttempt(attempt, observations, comparison)),
    findings: found.map((f) => f.finding),
    impact: impactOf(observations, comparison),
    ...(comparison.rotation === null ? {} : { rotation: comparison.rotation.report }),
    ...(all.lastRotation === undefined ? {} : { lastRotation: all.lastRotation }),
  };
}

function referenceOf(observations: Observations): Report['reference'] {
  if (observations.reference === null) return null;
  const reading = observations.participants.find((p) => p.name === observations.reference)?.reading;
  return {
    participant: observations.reference,
    fingerprint: reading?.fingerprint ?? null,
    version: reading?.version ?? null,
  };
}

function participantsOf(observations: Observations, comparison: Comparison): Report['participants'] {
  return observations.participants.map((p) => ({
    name: p.name,
    role: p.role,
    source: p.source,
    reachable: p.error === null || p.reading !== null || unusableCodes.includes(p.error.code),
    fingerprint: p.reading?.fingerprint ?? null,
    agrees: comparison.agrees.get(p.name) ?? null,
    accepts: p.reading?.accepts ?? [],
    version: p.reading?.version ?? null,
    provenance: p.reading?.provenance ?? null,
    latencyMs: p.latencyMs,
    instances: p.reading?.instances ?? [],
    error: p.error === null ? null : { code: p.error.code, message: p.error.message },
    required: p.required,
    proof: proofOutcome(p),
  }));
}

/** The attempt without the data that only the judge needs. A token that was found wrong here is not valid: it must be rejected. */
function reportAttempt(whole: Attempt, observations: Observations, { signing }: Comparison): ReportAttempt {
  const { rotation } = observations;
  const {
    reason: _,
    clockOffsetMs: _offset,
    said: _said,
    sequence: _sequence,
    isFirst: _isFirst,
    minted: _minted,
    ...attempt
  } = whole;
  const found = verified(whole, observations, signing);
  const version = rotation === undefined ? null : versionOfMinted(whole, rotation);
  if (version !== null) return { ...attempt, version: String(version) };
  return found === 'other' || found === 'flawed' ? { ...attempt, expected: 'rejected' } : attempt;
}

function impactOf(observations: Observations, comparison: Comparison): Report['impact'] {
  const wrong = new Set(inconsistentOnes(observations, comparison));
  const participants = observations.participants.flatMap((p) =>
    p.impact !== null && wrong.has(p.name) ? [{ name: p.name, mrr: p.impact.mrr, note: p.impact.note }] : [],
  );
  return {
    currency: observations.currency,
    mrrAtRisk: participants.reduce((sum, p) => sum + p.mrr, 0),
    participants,
  };
}
