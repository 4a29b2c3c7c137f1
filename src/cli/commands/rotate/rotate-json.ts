import type { JsonValue } from '../../../model.js';
import { jsonText } from '../../../report/text/json-text.js';
import { sanitizeAndTruncate } from '../../../report/text/sanitize.js';
import type { StepText } from '../../../rotate/describe-steps.js';
import type { GateResult } from '../../../rotate/gate.js';
import type { Step } from '../../../rotate/steps.js';
import type { RotationRecord } from '../../../rotation/rotation-record.js';
import type { RotationReport } from './rotate-report.js';

/** The report of `jwtcheck rotate` as one JSON document. Later versions only add. */
export function jsonRotation(report: RotationReport): string {
  const { command, isApplied, environment, target, headline, record, gate, result, exitCode, now } = report;
  const { view, plan, stop, missing, done, foreseen } = result;
  return jsonText({
    schemaVersion: 1,
    command,
    applied: isApplied,
    at: instant(now),
    environment,
    secret: target,
    emulators: [...report.emulators],
    exitCode,
    result: headline.word.toLowerCase().replace(' ', '-'),
    message: headline.text,
    state: report.isRead ? (record?.state ?? 'idle') : null,
    rotation: record === null ? null : rotationOf(record),
    aliases: Object.fromEntries(view?.aliases ?? []),
    gate: gate === null ? null : gateOf(gate),
    done: stepsOf(done, report.steps.done),
    steps: stepsOf(report.plannedSteps, report.steps.planned),
    foreseen: stepsOf(foreseen, report.steps.foreseen),
    trusted: [...report.trusted],
    signsOut: [...report.signsOut],
    refused: plan?.outcome.is === 'refused' ? plan.outcome.reason : null,
    stopped: stop === null ? null : stop.is,
    missingPermissions: [...missing],
    cutover:
      result.cutover === null
        ? null
        : {
            converged: result.cutover.converged,
            from: instantOrNull(result.cutover.window.from),
            until: instantOrNull(result.cutover.window.until),
            presented: result.cutover.window.presented,
            rejected: result.cutover.window.rejected,
          },
    undo: report.undo,
    notes: report.notes.map((note) => ('command' in note ? note.command : note.text)),
    next: report.next === null ? null : report.next.command,
  });
}

const instant = (ms: number): string => new Date(ms).toISOString();

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : instant(ms));

/** Without the hashes, which are of no use outside. */
function rotationOf({ id, mode, from, to, times, movedAt, done, trusts }: RotationRecord): JsonValue {
  const text = (value: string): string => sanitizeAndTruncate(value, 300);
  return {
    id: text(id),
    mode,
    from,
    to,
    times: Object.fromEntries(
      Object.entries(times).flatMap(([name, time]) => (time === undefined ? [] : [[name, time]])),
    ),
    movedAt,
    done: done.map(text),
    trusts: trusts.map(text),
  };
}

function gateOf(gate: GateResult): JsonValue {
  return {
    holds: gate.holds,
    refuted: !gate.holds && gate.refuted,
    waitingFor: gate.holds
      ? []
      : gate.waitingFor.map(({ participant, probe, instance, what, is, condition, since, until }) => ({
          condition,
          is,
          participant,
          probe: probe ?? null,
          instance: instance ?? null,
          what,
          since: instant(since),
          until: until === undefined ? null : instant(until),
        })),
    evidence: gate.evidence.map(({ since, ...evidence }) => ({ ...evidence, since: instant(since) })),
    movedAt: gate.moved?.at == null ? null : instant(gate.moved.at),
  };
}

const stepsOf = (steps: readonly Step[], texts: readonly StepText[]): JsonValue =>
  steps.map((step, index) => ({
    do: step.do,
    ...factsOf(step),
    details: [...(texts[index]?.details ?? [])],
  }));

function factsOf(step: Step): Readonly<Record<string, JsonValue>> {
  switch (step.do) {
    case 'update':
      return { why: step.why, state: step.record.state, aliases: Object.fromEntries(step.aliases) };
    case 'add-version':
      return { version: step.expected, bytes: step.bytes };
    case 'disable-version':
      return { version: step.version, why: step.why };
    case 'run':
      return { task: step.task, timeoutMs: step.timeoutMs };
  }
}
