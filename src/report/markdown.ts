import type { Finding } from '../model.js';
import type { Reporter, Style } from './reporter.js';
import { code, fenced, prose } from './text/escape.js';
import { count } from './text/format.js';
import { sanitize, sanitizeAndTruncate } from './text/sanitize.js';
import { everyFact, type Fact, informativeFacts } from './view/evidence.js';
import { fold, foldControls, foldSigners, textLimits } from './view/fold.js';
import { statusVerbs } from './view/participant-status.js';
import { participantNotes, readFrom } from './view/participant-words.js';
import { stepsOf } from './view/remedy.js';
import { type Status, severitySymbols, symbols } from './view/status.js';
import type { TokenTable } from './view/token-table.js';
import type { ReportView } from './view/view.js';

/** Wider tables are not read. */
const mostSigners = 6;

/** Findings that are shown in full, and after them in one line each. */
const inFull = 20;
const oneLiners = 200;

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), `|${header.map(() => '---|').join('')}`, ...rows.map(line)];
}

const emphatic = (word: string, status: Status): string =>
  status === 'ok' ? prose(word) : `**${prose(word)}**`;

/** Lines that the reader opens with a click on the summary. */
function details(summary: string, lines: readonly string[]): string[] {
  return ['<details>', `<summary>${summary}</summary>`, '', ...lines, '', '</details>'];
}

function head({
  report,
  overall,
  headline,
  summaryLine,
  impact,
  emulatorNote,
  rotation,
}: ReportView): string[] {
  const risk = impact === null ? '' : ` **${prose(impact)}.**`;
  const note = emulatorNote === null ? '' : ` ${prose(emulatorNote)}.`;
  return [
    `## ${overall.mark} ${overall.word}: ${code(report.environment, 40)}`,
    '',
    `${prose(headline.text)}.`,
    '',
    ...(rotation === null ? [] : [`${prose(rotation)}.`, '']),
    `${prose(summaryLine)}.${risk}${note}`,
  ];
}

function participants({ report, participants }: ReportView, style: Style): string[] {
  const reference = report.reference?.participant;
  const limits = style.verbose ? null : textLimits;
  const { shown, hidden } = fold(participants, limits, (point) => point.participant.name === reference);
  const rows = shown.map((point) => {
    const { participant, status, word } = point;
    const fingerprint = participant.fingerprint === null ? '' : code(participant.fingerprint, 16);
    const notes = participantNotes(point, style.verbose).map((note) => `; ${prose(note)}`);
    return [
      symbols[status],
      code(participant.name),
      fingerprint,
      emphatic(word, status),
      `${prose(readFrom(participant))}${notes.join('')}`,
      participant.role,
    ];
  });
  const folded = hidden.map((part) => `\n${count(part.rows.length)} others ${statusVerbs[part.status]}.`);
  return [...table(['', 'participant', 'secret', '', 'read from', 'role'], rows), ...folded];
}

function tokens(whole: TokenTable, style: Style): string[] {
  if (whole.rows.length === 0) return [];
  const folded = style.verbose ? whole : foldControls(foldSigners(whole, mostSigners));
  const { shown, hidden } = fold(folded.rows, style.verbose ? null : textLimits);
  const header = ['', 'participant', 'probe', ...folded.columns.map(columnHeader)];
  const rows = shown.map((row) => [
    symbols[row.status],
    code(row.participant),
    code(row.probe, 32),
    ...folded.columns.map((column) => {
      const cell = row.cells.get(column.key);
      return cell === undefined ? '' : emphatic(cell.word, cell.status);
    }),
  ]);
  const rest = hidden.reduce((sum, part) => sum + part.rows.length, 0);
  return details('Tokens: who accepts whose, probe by probe', [
    ...table(header, rows),
    ...(rest === 0 ? [] : ['', `and ${count(rest)} more probes.`]),
  ]);
}

function columnHeader({ kind, name }: TokenTable['columns'][number]): string {
  return kind === 'genuine' ? `signed by ${code(name, 32)}` : `${prose(name)} (to be rejected)`;
}

function findingTitle({ severity, code: name, message }: Finding): string {
  return `**${severitySymbols[severity]} ${severity}** ${code(name)}: ${prose(message)}`;
}

/** Sentences as paragraphs; the commands between them in fenced blocks, to be copied. */
function remedy(finding: Finding): string[] {
  const lines: string[] = [];
  let commands: string[] = [];
  const flush = (): void => {
    if (commands.length > 0) lines.push('', ...fenced(commands, 'sh'), '');
    commands = [];
  };
  for (const step of stepsOf(finding)) {
    if ('command' in step) commands.push(sanitize(step.command));
    else {
      flush();
      lines.push('', prose(step.text));
    }
  }
  flush();
  return lines;
}

function evidence(facts: readonly Fact[]): string[] {
  if (facts.length === 0) return [];
  const lines = facts.map(
    ({ name, text }) => `- ${prose(name)}: ${code(sanitizeAndTruncate(text, 240), 240)}`,
  );
  return ['', ...details('Evidence', lines)];
}

function findingBlock(finding: Finding, style: Style): string[] {
  return [
    findingTitle(finding),
    ...remedy(finding),
    ...evidence(style.verbose ? everyFact(finding) : informativeFacts(finding)),
  ].filter((line, index, all) => line !== '' || (all[index - 1] !== '' && index < all.length - 1));
}

/** Each finding with its remedy, the worst first; of very many only the messages, and at last how many there are. */
function findingBlocks(findings: readonly Finding[], style: Style): string[][] {
  if (findings.length === 0) return [];
  const full = style.verbose ? findings : findings.slice(0, inFull);
  const listed = findings.slice(full.length, full.length + oneLiners);
  const rest = findings.length - full.length - listed.length;
  return [
    ['### Findings'],
    ...full.map((finding) => findingBlock(finding, style)),
    ...(listed.length === 0 ? [] : [listed.map((finding) => `- ${findingTitle(finding)}`)]),
    ...(rest === 0 ? [] : [[`and ${count(rest)} more.`]]),
    ['`jwtcheck explain CODE` says what a finding means.'],
  ];
}

/** GitHub Flavored Markdown, for the summary of a job, an issue or a chat: the verdict, the participants, and the remedies. */
export const markdown: Reporter = (view, style) => {
  const findings = findingBlocks(view.findings, style);
  const sections = style.quiet
    ? [head(view), ...findings]
    : [head(view), participants(view, style), ...findings, tokens(view.tokens, style)];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
};
