import type { Report } from '../../model.js';
import type { Reporter, Style } from '../reporter.js';
import { label } from '../text/sanitize.js';
import { hang } from '../text/wrap.js';
import { emulatorNote } from '../view/emulator-note.js';
import { headline } from '../view/headline.js';
import { overall } from '../view/overall.js';
import { standpoints } from '../view/status.js';
import { circumstances, money } from '../view/summary-line.js';
import { type TokenTable, tokenTable } from '../view/token-table.js';
import { bySeverity, findingLines, findingOneLiners } from './findings.js';
import { participantLines } from './participants.js';
import { type Paint, paint } from './theme.js';
import { tokenLines } from './tokens.js';

/** Below this, nothing can be laid out. */
const fewestColumns = 20;

/** Narrower than this, sentences begin under the verdict instead of beside it. */
const roomy = 60;

function verdictLines(report: Report, sentence: string, brushes: Paint, style: Style): string[] {
  const { standing, mark, word } = overall(report);
  const brush = brushes.standing[standing];
  const sign = `${mark} ${word}`;
  const environment = label(report.environment, Math.min(40, style.columns - 4));
  if (style.columns < roomy) {
    return [
      ...hang('', sign, style.columns).map(brush),
      ...hang('  ', `${environment}: ${sentence}`, style.columns).map((line) => brushes.strong(line)),
    ];
  }
  return hang(`${sign}  `, `${environment}: ${sentence}`, style.columns).map((line, index) =>
    index === 0 ? `${brush(sign)}${brushes.strong(line.slice(sign.length))}` : brushes.strong(line),
  );
}

function headLines(report: Report, sentence: string, brushes: Paint, style: Style): string[] {
  const first = verdictLines(report, sentence, brushes, style);
  const indent = ' '.repeat(style.columns < roomy ? 2 : overall(report).word.length + 4);
  const note = emulatorNote(report);
  const emulator = note === null ? [] : hang(indent, note, style.columns).map(brushes.standing.unclear);
  if (style.quiet) return [...first, ...emulator];
  const atRisk = money(report);
  return [
    ...first,
    ...(atRisk === null ? [] : hang(indent, atRisk, style.columns).map(brushes.standing.wrong)),
    ...hang(indent, circumstances(report), style.columns).map(brushes.faint),
    ...emulator,
  ];
}

function sections(report: Report, style: Style, brushes: Paint): string[][] {
  const points = standpoints(report);
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
  return `${sections(report, { ...style, columns }, paint(style.color))
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
};
