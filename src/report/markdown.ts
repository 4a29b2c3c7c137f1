import type { Report } from '../model.js';
import { findingBlocks } from './markdown/markdown-findings.js';
import type { Reporter, Style } from './reporter.js';
import { code, prose } from './text/escape-markdown.js';
import { symbols } from './text/theme.js';
import { emulatorNote } from './view/emulator-note.js';
import { count, fold } from './view/fold.js';
import { headline } from './view/headline.js';
import { type ParticipantStatus, participantStatuses, type Status } from './view/participant-status.js';
import { notes, readFrom } from './view/participant-words.js';
import { overall } from './view/summary.js';
import { money, summaryLine } from './view/summary-line.js';
import { foldControls, foldSigners } from './view/token-folds.js';
import { type TokenTable, tokenTable } from './view/token-table.js';

/** Tables wider than this are not read. */
const mostSigners = 6;

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), `|${header.map(() => '---|').join('')}`, ...rows.map(line)];
}

const emphatic = (word: string, status: Status): string =>
  status === 'ok' ? prose(word) : `**${prose(word)}**`;

const verbs: Readonly<Record<Status, string>> = {
  ok: 'agree',
  bad: 'differ',
  unknown: 'could not be determined',
};

function participants(report: Report, points: readonly ParticipantStatus[], style: Style): string[] {
  const reference = report.reference?.participant;
  const { shown, hidden } = fold(points, style, (point) => point.participant.name === reference);
  const rows = shown.map((point) => {
    const { participant, status, word } = point;
    const fingerprint = participant.fingerprint === null ? '' : code(participant.fingerprint, 16);
    const besides = notes(point, style.verbose).map((note) => `; ${prose(note)}`);
    return [
      symbols[status],
      code(participant.name),
      fingerprint,
      emphatic(word, status),
      `${prose(readFrom(participant))}${besides.join('')}`,
      participant.role,
    ];
  });
  const folded = hidden.map((part) => `\n${count(part.rows.length)} others ${verbs[part.status]}.`);
  return [...table(['', 'participant', 'secret', '', 'read from', 'role'], rows), ...folded];
}

/** What stands behind a line to be opened. */
function details(summary: string, lines: readonly string[]): string[] {
  return ['<details>', `<summary>${summary}</summary>`, '', ...lines, '', '</details>'];
}

function tokens(whole: TokenTable, style: Style): string[] {
  if (whole.rows.length === 0) return [];
  const folded = style.verbose ? whole : foldControls(foldSigners(whole, mostSigners));
  const { shown, hidden } = fold(folded.rows, style);
  const header = ['', 'participant', 'probe', ...folded.columns.map(headed)];
  const rows = shown.map((row) => [
    symbols[row.status],
    code(row.participant),
    code(row.probe, 32),
    ...folded.columns.map((column) => {
      const cell = row.cells.get(column.key);
      return cell === undefined
        ? ''
        : emphatic(cell.word, column.right === false && column.kind === 'genuine' ? 'ok' : cell.status);
    }),
  ]);
  const rest = hidden.reduce((sum, part) => sum + part.rows.length, 0);
  return details('Tokens: who accepts whose, probe by probe', [
    ...table(header, rows),
    ...(rest === 0 ? [] : ['', `and ${count(rest)} more probes.`]),
  ]);
}

function headed({ kind, name }: TokenTable['columns'][number]): string {
  return kind === 'genuine' ? `signed by ${code(name, 32)}` : `${prose(name)} (to be rejected)`;
}

/** GitHub Flavored Markdown, for a job's summary, an issue or a chat: the verdict, who holds what, and what to do. */
export const markdown: Reporter = (report, style) => {
  const points = participantStatuses(report);
  const whole = tokenTable(report, points);
  const { environment } = report;
  const { mark, word } = overall(report);
  const atRisk = money(report);
  const note = emulatorNote(report);
  const head = [
    `## ${mark} ${word}: ${code(environment, 40)}`,
    '',
    `${prose(headline(report, points, whole))}.`,
    '',
    `${prose(summaryLine(report))}.${atRisk === null ? '' : ` **${prose(atRisk)}.**`}${note === null ? '' : ` ${prose(note)}.`}`,
  ];
  const sections = style.quiet
    ? [head, ...findingBlocks(report, style)]
    : [head, participants(report, points, style), ...findingBlocks(report, style), tokens(whole, style)];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
};
