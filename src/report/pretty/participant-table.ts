import { formatLatency } from '../../schema/duration.js';
import type { Style } from '../reporter.js';
import { count } from '../text/format.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { type Cell, type Column, fits, layOut, naturalWidths, totalWidth } from '../text/table.js';
import { paintSymbol, type Theme } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { fold, textLimits } from '../view/fold.js';
import { type ParticipantStatus, statusVerbs } from '../view/participant-status.js';
import { participantNotes, readFrom } from '../view/participant-words.js';
import { type Status, symbols } from '../view/status.js';
import type { ReportView } from '../view/view.js';
import { foldedLines } from './folded-line.js';

const nameColumns = 32;
const fingerprintColumns = 16;

const styleOf: Readonly<Record<Status, (theme: Theme) => Cell['style']>> = {
  ok: () => undefined,
  bad: (theme) => theme.status.bad,
  unknown: (theme) => theme.status.unknown,
};

interface Choice {
  readonly column: Column;
  readonly cell: (point: ParticipantStatus, theme: Theme) => Cell;
}

const name: Choice = {
  column: { header: 'PARTICIPANTS', shrinkTo: 16 },
  cell: ({ participant, status }, theme) => ({
    text: `  ${symbols[status]} ${sanitizeAndTruncate(participant.name, nameColumns)}`,
    style: (text) => paintSymbol(text, theme.status[status]),
  }),
};
const fingerprint: Choice = {
  column: { header: 'SECRET', shrinkTo: 8 },
  cell: ({ participant, status }, theme) => ({
    text:
      participant.fingerprint === null
        ? '-'
        : sanitizeAndTruncate(participant.fingerprint, fingerprintColumns),
    style: styleOf[status](theme),
  }),
};
const word: Choice = {
  column: { header: '', shrinkTo: 7 },
  cell: ({ word, status }, theme) => ({ text: word, style: styleOf[status](theme) }),
};
const from: Choice = {
  column: { header: 'READ FROM', shrinkTo: 18 },
  cell: ({ participant }) => ({ text: readFrom(participant) }),
};
const role: Choice = {
  column: { header: 'ROLE' },
  cell: ({ participant }, theme) => ({ text: participant.role, style: theme.faint }),
};
const time: Choice = {
  column: { header: 'TIME', alignRight: true },
  cell: ({ participant }, theme) => ({
    text: participant.latencyMs === null ? '-' : formatLatency(participant.latencyMs),
    style: theme.faint,
  }),
};

/** From the most complete on; the first that fits without a cut is used. */
const layouts: readonly (readonly Choice[])[] = [
  [name, fingerprint, word, from, role, time],
  [name, fingerprint, word, from, role],
];

/** The columns that may be cut to fit. */
const least: readonly Choice[] = [name, fingerprint, word, from];

/** For narrow terminals: the place that a secret was read from stands on a line of its own. */
const poorest: readonly Choice[] = [
  { ...name, column: { ...name.column, shrinkTo: 8 } },
  { ...fingerprint, column: { ...fingerprint.column, shrinkTo: 5 } },
  { ...word, column: { ...word.column, shrinkTo: 3 } },
];

function cellsOf(choices: readonly Choice[], points: readonly ParticipantStatus[], theme: Theme): Cell[][] {
  return points.map((point) => choices.map((choice) => choice.cell(point, theme)));
}

/** The secret of each participant, and where it was read from. */
export function participantLines({ report, participants }: ReportView, theme: Theme, style: Style): string[] {
  const reference = report.reference?.participant;
  const limits = style.verbose ? null : textLimits;
  const { shown, hidden } = fold(participants, limits, (point) => point.participant.name === reference);
  const columnsOf = (choices: readonly Choice[]) => choices.map((choice) => choice.column);
  const whole = (some: readonly Choice[]) =>
    totalWidth(naturalWidths(columnsOf(some), cellsOf(some, shown, theme))) <= style.columns;
  const choices =
    layouts.find(whole) ??
    (fits(columnsOf(least), cellsOf(least, shown, theme), style.columns) ? least : poorest);
  const { header, lines } = layOut(
    columnsOf(choices),
    cellsOf(choices, shown, theme),
    style.columns,
    theme.heading,
  );
  const rows = shown.flatMap((point, index) => {
    const dropped = choices.includes(from) ? [] : [readFrom(point.participant)];
    const extra = [...dropped, ...participantNotes(point, style.verbose)].flatMap((note) =>
      wrapWithIndent('    ', note, style.columns),
    );
    return [lines[index] ?? '', ...extra.map(theme.faint)];
  });
  const folded = hidden.flatMap((part) => {
    const names = part.rows.map((point) => point.participant.name);
    const sentence = `${count(names.length)} others ${statusVerbs[part.status]}`;
    return foldedLines(part.status, sentence, names, theme, style);
  });
  return [header, ...rows, ...folded];
}
