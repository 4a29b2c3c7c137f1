import type { Reporter, Style } from '../reporter.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { type Theme, themeOf } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import type { ReportView } from '../view/view.js';
import { findingLines, findingOneLiners } from './finding-blocks.js';
import { participantLines } from './participant-table.js';
import { tokenLines } from './token-grid.js';

/** In fewer columns, nothing can be laid out. */
const fewestColumns = 20;

/** In fewer columns, sentences begin under the verdict instead of beside it. */
const roomy = 60;

function verdictLines({ report, overall, headline }: ReportView, theme: Theme, style: Style): string[] {
  const { status, mark, word } = overall;
  const paint = theme.status[status];
  const verdict = `${mark} ${word}`;
  const environment = sanitizeAndTruncate(report.environment, Math.min(40, style.columns - 4));
  const sentence = `${environment}: ${headline.text}`;
  if (style.columns < roomy) {
    return [
      ...wrapWithIndent('', verdict, style.columns).map(paint),
      ...wrapWithIndent('  ', sentence, style.columns).map(theme.strong),
    ];
  }
  return wrapWithIndent(`${verdict}  `, sentence, style.columns).map((line, index) =>
    index === 0 ? `${paint(verdict)}${theme.strong(line.slice(verdict.length))}` : theme.strong(line),
  );
}

function headLines(view: ReportView, theme: Theme, style: Style): string[] {
  const { overall, emulatorNote, impact, summaryLine, rotation } = view;
  const first = verdictLines(view, theme, style);
  const indent = ' '.repeat(style.columns < roomy ? 2 : overall.word.length + 4);
  const below = (text: string | null): string[] =>
    text === null ? [] : wrapWithIndent(indent, text, style.columns);
  const emulator = below(emulatorNote).map(theme.status.unknown);
  const rotating = below(rotation).map(theme.strong);
  if (style.quiet) return [...first, ...rotating, ...emulator];
  return [
    ...first,
    ...rotating,
    ...below(impact).map(theme.status.bad),
    ...below(summaryLine).map(theme.faint),
    ...emulator,
  ];
}

function sections(view: ReportView, theme: Theme, style: Style): string[][] {
  const head = headLines(view, theme, style);
  if (style.quiet) return [[...head, ...findingOneLiners(view.findings, theme, style)]];
  return [
    head,
    participantLines(view, theme, style),
    tokenLines(view, theme, style),
    findingLines(view, theme, style),
  ];
}

/**
 * The report for people: the verdict on the first line, then the secret of each participant, which tokens each probe
 * accepts, and last, next to the prompt, the problems and the commands to type. No line is wider than the terminal, except
 * commands.
 */
export const pretty: Reporter = (view, style) => {
  const columns = Number.isFinite(style.columns) ? Math.max(Math.floor(style.columns), fewestColumns) : 80;
  return `${sections(view, themeOf(style.color), { ...style, columns })
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
};
