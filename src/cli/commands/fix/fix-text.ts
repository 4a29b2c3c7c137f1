import type { PlannedFinding } from '../../../fix/action.js';
import type { ActionResult } from '../../../fix/apply.js';
import { consentText, describeAction } from '../../../fix/describe-action.js';
import { clean, headLines, joinSections, nextLines, stepLines } from '../../../report/pretty/action-lines.js';
import type { Style } from '../../../report/reporter.js';
import { type Theme, themeOf } from '../../../report/text/theme.js';
import { wrapWithIndent } from '../../../report/text/wrap.js';
import { type Status, severityStatus, symbols } from '../../../report/view/status.js';
import type { FixReport } from './fix-report.js';

/** The report of `jwtcheck fix` for people. */
export function prettyFix(report: FixReport, style: Style): string {
  const theme = themeOf(style.color);
  const sections = style.quiet
    ? [[...headLines(report, theme, style), ...noteLines(report, style)]]
    : [
        headLines(report, theme, style),
        ...report.findings.map((finding) => findingLines(finding, report, theme, style)),
        actionLines(report, theme, style),
        noteLines(report, style),
        nextLines(report, theme, style),
      ];
  return joinSections(sections);
}

function findingLines(
  { code, severity, participants, message, actions, reasons, steps }: PlannedFinding,
  { plan, results }: FixReport,
  theme: Theme,
  style: Style,
): string[] {
  const status = severityStatus[severity];
  const who = participants.length === 0 ? '' : `  ${participants.join(', ')}`;
  const title = wrapWithIndent(`${symbols[status]} `, clean(`${code}${who}`), style.columns);
  const numbers = actions.map((index) => index + 1).join(', ');
  const verb = results !== null ? 'Fix:' : 'Would be fixed by';
  const isLeft = reasons.length > 0 || actions.length === 0;
  return [
    ...title.map((line, index) => (index === 0 ? theme.status[status](line) : line)),
    ...wrapWithIndent('  ', clean(message), style.columns),
    ...(actions.length === 0 ? [] : wrapWithIndent('  ', `${verb} action ${numbers}.`, style.columns)),
    ...reasons.flatMap(({ text, participants: concerned }) => {
      const whose = concerned.length === participants.length ? '' : ` for ${concerned.join(', ')}`;
      return wrapWithIndent('  ', clean(`Not automatic${whose}: ${text}.`), style.columns).map(theme.faint);
    }),
    ...(isLeft && plan.refusal === null && status !== 'ok'
      ? steps.flatMap((step) => stepLines(step, '  ', theme, style))
      : []),
  ];
}

const statusOf: Readonly<Record<ActionResult['is'], Status>> = {
  fixed: 'ok',
  'not-needed': 'ok',
  'not-fixed': 'bad',
  worse: 'bad',
  unknown: 'unknown',
  failed: 'bad',
  'not-allowed': 'unknown',
  'not-begun': 'unknown',
  interrupted: 'bad',
};

const words: Readonly<Record<ActionResult['is'], string>> = {
  fixed: 'fixed',
  'not-needed': 'not needed any more',
  'not-fixed': 'not fixed',
  worse: 'it got worse',
  unknown: 'unknown',
  failed: 'failed',
  'not-allowed': 'not carried out: no consent',
  'not-begun': 'not begun',
  interrupted: 'interrupted',
};

function actionLines({ actions, results, isApplied }: FixReport, theme: Theme, style: Style): string[] {
  if (actions.length === 0) return [];
  return [
    theme.heading(
      results !== null ? 'Actions' : isApplied ? 'The plan as it is now' : 'Dry run: --apply would do this',
    ),
    ...actions.flatMap((action, index) => {
      const { title, details } = describeAction(action);
      const number = `  ${index + 1}. `;
      const indent = ' '.repeat(number.length);
      return [
        ...wrapWithIndent(number, clean(title), style.columns),
        ...[...details, ...(results !== null ? [] : [consentText(action)])].flatMap((line) =>
          wrapWithIndent(indent, clean(line), style.columns).map(theme.faint),
        ),
        ...resultLines(results?.[index] ?? null, indent, theme, style),
      ];
    }),
  ];
}

function resultLines(result: ActionResult | null, indent: string, theme: Theme, style: Style): string[] {
  if (result === null) return [];
  const status = statusOf[result.is];
  const said = result.message === null ? '' : `: ${result.message}`;
  return [
    ...wrapWithIndent(`${indent}${symbols[status]} `, clean(`${words[result.is]}${said}`), style.columns).map(
      theme.status[status],
    ),
    ...result.undo.flatMap((step) => stepLines(step, indent, theme, style)),
  ];
}

const noteLines = ({ notes }: FixReport, style: Style): string[] =>
  notes.flatMap((note) => wrapWithIndent('', clean(note), style.columns));
