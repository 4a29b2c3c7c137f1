import { type Action, classOf, type PlannedFinding } from '../../../fix/action.js';
import type { ActionResult } from '../../../fix/apply.js';
import { describeAction } from '../../../fix/describe-action.js';
import type { JsonValue } from '../../../model.js';
import { jsonText } from '../../../report/text/json-text.js';
import type { FixReport } from './fix-report.js';

/** The report of `jwtcheck fix` as one JSON document. Later versions only add. */
export function jsonFix(report: FixReport): string {
  const { environment, isApplied, headline, plan, verdict, results, exitCode, now } = report;
  return jsonText({
    schemaVersion: 1,
    command: 'fix',
    applied: isApplied,
    at: new Date(now).toISOString(),
    environment,
    emulators: [...report.emulators],
    exitCode,
    result: headline.word.toLowerCase().replaceAll(' ', '-'),
    message: headline.text,
    verdict,
    hash: plan.hash,
    refused: plan.isClean ? null : (plan.refusal?.is ?? null),
    findings: report.findings.map(findingOf),
    actions: report.actions.map((action, index) => actionOf(action, results?.[index] ?? null)),
    notes: [...report.notes],
    next: report.next?.command ?? null,
  });
}

const findingOf = ({
  code,
  severity,
  participants,
  message,
  steps,
  actions,
  reasons,
}: PlannedFinding): JsonValue => ({
  code,
  severity,
  participants: [...participants],
  message,
  steps: steps.map((step) => ({ ...step })),
  actions: [...actions],
  reasons: reasons.map(({ is, text, participants: concerned }) => ({
    reason: is,
    message: text,
    participants: [...concerned],
  })),
});

function actionOf(action: Action, result: ActionResult | null): JsonValue {
  const { title, details } = describeAction(action);
  return {
    do: action.do,
    class: classOf[action.do],
    participant: action.participant,
    cause: action.cause,
    title,
    details: [...details],
    result: result?.is ?? null,
    message: result?.message ?? null,
    hint: result?.hint ?? null,
    undo: (result?.undo ?? []).map((step) => ({ ...step })),
  };
}
