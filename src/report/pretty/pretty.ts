import type { Finding } from '../../model.js';
import type { Reporter, Style } from '../reporter.js';
import { count } from '../text/format.js';
import { sanitize, sanitizeAndTruncate } from '../text/sanitize.js';
import { paintSymbol, type Theme, themeOf } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { everyFact, informativeFacts } from '../view/evidence.js';
import { stepsOf } from '../view/remedy.js';
import { severitySymbols } from '../view/status.js';
import type { ReportView } from '../view/view.js';
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

/** Sentences hold names, which may be of any length. */
const longestText = 800;
const longestEvidence = 240;
const longestCode = 60;
const evidenceLines = 5;

/** At most this many findings of one code are shown in full; the others in one line each. */
const inFull = 3;
const oneLiners = 200;

function evidence(finding: Finding, style: Style): string[] {
  const facts = style.verbose ? everyFact(finding) : informativeFacts(finding).slice(0, evidenceLines);
  return facts.map(
    ({ name, text }) =>
      `${name}: ${sanitizeAndTruncate(text, style.verbose ? longestText : longestEvidence)}`,
  );
}

function remedy(finding: Finding, theme: Theme, style: Style): string[] {
  let first = true;
  return stepsOf(finding).flatMap((step) => {
    if ('command' in step) return [`           ${theme.command(sanitize(step.command))}`];
    const lines = wrapWithIndent(
      first ? '    fix: ' : '         ',
      sanitizeAndTruncate(step.text, longestText),
      style.columns,
    );
    if (!first) return lines;
    first = false;
    return lines.map((line, index) => (index === 0 ? `    ${theme.strong('fix:')}${line.slice(8)}` : line));
  });
}

function message(finding: Finding): string {
  return sanitizeAndTruncate(finding.message, longestText);
}

function inFullLines(finding: Finding, theme: Theme, style: Style): string[] {
  const paint = theme.severity[finding.severity];
  const code = sanitizeAndTruncate(finding.code, longestCode);
  const title = wrapWithIndent(
    `  ${severitySymbols[finding.severity]} ${finding.severity.toUpperCase()} `,
    code,
    style.columns,
  );
  return [
    ...title.map((line) => `  ${paint(line.slice(2))}`),
    ...wrapWithIndent('    ', message(finding), style.columns),
    ...evidence(finding, style)
      .flatMap((line) => wrapWithIndent('      ', line, style.columns))
      .map(theme.faint),
    ...remedy(finding, theme, style),
    ...wrapWithIndent('    ', `more: jwtcheck explain ${code}`, style.columns).map(theme.faint),
  ];
}

/** The lines of each finding, and how many more there are if there are too many to read. */
function eachOf(
  findings: readonly Finding[],
  style: Style,
  linesOf: (finding: Finding) => string[],
): string[] {
  const shown = style.verbose ? findings : findings.slice(0, oneLiners);
  const lines = shown.flatMap(linesOf);
  const rest = findings.length - shown.length;
  if (rest === 0) return lines;
  return [...lines, ...wrapWithIndent('      ', `and ${count(rest)} more (-v lists them)`, style.columns)];
}

/** The code and the message of every finding, on one line if it fits. */
function findingOneLiners(findings: readonly Finding[], theme: Theme, style: Style): string[] {
  return eachOf(findings, style, (finding) => {
    const text = `${sanitizeAndTruncate(finding.code, longestCode)}: ${message(finding)}`;
    return wrapWithIndent(`  ${severitySymbols[finding.severity]} `, text, style.columns).map(
      (line, index) => (index === 0 ? paintSymbol(line, theme.severity[finding.severity]) : line),
    );
  });
}

/** Findings of one code: a few in full; of many the first, and the messages of the others. */
function blocksOf(findings: readonly Finding[], theme: Theme, style: Style): string[][] {
  const [first, ...others] = findings;
  if (first === undefined) return [];
  if (style.verbose || findings.length <= inFull)
    return findings.map((finding) => inFullLines(finding, theme, style));
  return [
    [
      ...inFullLines(first, theme, style),
      ...wrapWithIndent('    ', 'likewise:', style.columns),
      ...eachOf(others, style, (finding) => wrapWithIndent('      ', message(finding), style.columns)),
    ],
  ];
}

/** Problems and unknowns, the worst first: the evidence, the remedy, and where to read more. */
function findingLines({ report, findings }: ReportView, theme: Theme, style: Style): string[] {
  const byCode = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.code}`;
    const group = byCode.get(key);
    if (group === undefined) byCode.set(key, [finding]);
    else group.push(finding);
  }
  const blocks = [...byCode.values()].flatMap((group) => blocksOf(group, theme, style));
  if (blocks.length === 0) return [];
  return [
    // Unless all participants agree, this is what a reader wants to know; otherwise it is worth knowing too.
    theme.heading(report.verdict === 'consistent' ? 'FINDINGS' : 'WHY'),
    ...blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block])),
  ];
}
