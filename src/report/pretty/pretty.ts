import type { Report } from '../../model.js';
import type { Reporter, Style } from '../reporter.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { type Theme, themeOf } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { emulatorNote } from '../view/emulator-note.js';
import { headline } from '../view/headline.js';
import { participantStatuses } from '../view/participant-status.js';
import { overall } from '../view/summary.js';
import { money, summaryLine } from '../view/summary-line.js';
import { type TokenTable, tokenTable } from '../view/token-table.js';
import { bySeverity, findingLines, findingOneLiners } from './finding-blocks.js';
import { participantLines } from './participant-table.js';
import { tokenLines } from './token-grid.js';

/** Below this, nothing can be laid out. */
const fewestColumns = 20;

/** Narrower than this, sentences begin under the verdict instead of beside it. */
const roomy = 60;

function verdictLines(report: Report, sentence: string, brushes: Theme, style: Style): string[] {
  const { status, mark, word } = overall(report);
  const brush = brushes.status[status];
  const sign = `${mark} ${word}`;
  const environment = sanitizeAndTruncate(report.environment, Math.min(40, style.columns - 4));
  if (style.columns < roomy) {
    return [
      ...wrapWithIndent('', sign, style.columns).map(brush),
      ...wrapWithIndent('  ', `${environment}: ${sentence}`, style.columns).map((line) =>
        brushes.strong(line),
      ),
    ];
  }
  return wrapWithIndent(`${sign}  `, `${environment}: ${sentence}`, style.columns).map((line, index) =>
    index === 0 ? `${brush(sign)}${brushes.strong(line.slice(sign.length))}` : brushes.strong(line),
  );
}

function headLines(report: Report, sentence: string, brushes: Theme, style: Style): string[] {
  const first = verdictLines(report, sentence, brushes, style);
  const indent = ' '.repeat(style.columns < roomy ? 2 : overall(report).word.length + 4);
  const note = emulatorNote(report);
  const emulator =
    note === null ? [] : wrapWithIndent(indent, note, style.columns).map(brushes.status.unknown);
  if (style.quiet) return [...first, ...emulator];
  const atRisk = money(report);
  return [
    ...first,
    ...(atRisk === null ? [] : wrapWithIndent(indent, atRisk, style.columns).map(brushes.status.bad)),
    ...wrapWithIndent(indent, summaryLine(report), style.columns).map(brushes.faint),
    ...emulator,
  ];
}

function sections(report: Report, style: Style, brushes: Theme): string[][] {
  const points = participantStatuses(report);
  const tokens: TokenTable = tokenTable(report, points);
  const head = headLines(report, headline(report, points, tokens), brushes, style);
  if (style.quiet) return [[...head, ...findingOneLiners(bySeverity(report.findings), brushes, style)]];
  return [
    head,
    participantLines(report, points, brushes, style),
    tokenLines(report, tokens, brushes, style),
    findingLines(report, brushes, style),
  ];
}

/**
 * The report for people: the verdict on the first line, then who holds which secret, who accepts whose tokens,
 * and last, next to the prompt, what is wrong and what to type. No line is wider than the terminal, except commands.
 */
export const pretty: Reporter = (report, style) => {
  const columns = Number.isFinite(style.columns) ? Math.max(Math.floor(style.columns), fewestColumns) : 80;
  return `${sections(report, { ...style, columns }, themeOf(style.color))
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
};
