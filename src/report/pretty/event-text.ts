import type { RemedyStep } from '../../model.js';
import { eventTraits } from '../../monitor/event-types.js';
import type { DriftEvent } from '../../monitor/monitor-model.js';
import { formatDuration } from '../../schema/duration.js';
import type { Style } from '../reporter.js';
import { formatTime } from '../text/format.js';
import { sanitize, sanitizeAndTruncate } from '../text/sanitize.js';
import { themeOf } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { fixCommand, stepsOf } from '../view/remedy.js';
import { symbols } from '../view/status.js';
import { emulatorNote } from '../view/summary.js';

/** At most this many findings, and characters of one text, are shown of an event. */
const mostFindings = 5;
const longestText = 800;

/** An event for people: the level, the type and the time on the first line, then the summary, then the remedies. */
export function prettyEvent(event: DriftEvent, style: Style): string {
  const theme = themeOf(style.color);
  const { title: text, status } = eventTraits[event.type];
  const paint = theme.status[status];
  const title = `${event.level}: ${text}, ${formatTime(event.at)}${lasting(event)}`;
  const head = wrapWithIndent(`${symbols[status]} `, title, style.columns).map((line) => paint(line));
  const summary = wrapWithIndent('  ', sanitizeAndTruncate(event.summary, longestText), style.columns).map(
    theme.strong,
  );
  const note = emulatorNote(event);
  const emulator = note === null ? [] : wrapWithIndent('  ', note, style.columns).map(theme.faint);
  if (style.quiet) return `${[...head, ...summary, ...emulator].join('\n')}\n`;
  // An incident that is over needs no remedy.
  const relevant = style.verbose || status !== 'ok' ? event.findings : [];
  const shown = style.verbose ? relevant : relevant.slice(0, mostFindings);
  const findings = shown.flatMap((finding) => [
    ...wrapWithIndent(
      '    ',
      `${sanitizeAndTruncate(finding.code, 60)}: ${sanitizeAndTruncate(finding.message, longestText)}`,
      style.columns,
    ),
    ...remedyLines(stepsOf(finding), theme.command, style.columns),
  ]);
  const rest = relevant.length - shown.length;
  const more = rest > 0 ? wrapWithIndent('    ', `and ${rest} more (-v shows them)`, style.columns) : [];
  const plan =
    event.plan === undefined || status === 'ok'
      ? []
      : [
          theme.command(`    ${fixCommand(event.environment, event.plan.hash)}`),
          ...event.plan.actions
            .slice(0, mostFindings)
            .flatMap((line) =>
              wrapWithIndent('      ', sanitizeAndTruncate(line, longestText), style.columns),
            ),
        ];
  const foot = wrapWithIndent(
    '  ',
    `incident ${sanitizeAndTruncate(event.incident, 160)}`,
    style.columns,
  ).map(theme.faint);
  return `${[...head, ...summary, ...findings, ...more, ...plan, ...emulator, ...foot].join('\n')}\n\n`;
}

function lasting({ durationMs }: DriftEvent): string {
  return durationMs >= 1000 ? `, after ${formatDuration(durationMs)}` : '';
}

function remedyLines(
  steps: readonly RemedyStep[],
  command: (text: string) => string,
  columns: number,
): string[] {
  return steps.flatMap((step, index) => {
    if ('command' in step) return [`        ${command(sanitize(step.command))}`];
    return wrapWithIndent(
      index === 0 ? '      fix: ' : '      ',
      sanitizeAndTruncate(step.text, longestText),
      columns,
    );
  });
}
