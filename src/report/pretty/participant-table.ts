import type { Report } from '../../model.js';
import { formatLatency } from '../../schema/duration.js';
import type { Style } from '../reporter.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { type Cell, type Column, fits, layOut, naturalWidths, totalWidth } from '../text/table.js';
import { symbols, type Theme } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { count, fold, foldedLines, paintMark } from '../view/fold.js';
import type { ParticipantStatus, Status } from '../view/participant-status.js';
import { notes, readFrom } from '../view/participant-words.js';

const nameColumns = 32;
const fingerprintColumns = 16;

const brushOf: Readonly<Record<Status, (paint: Theme) => Cell['brush']>> = {
  ok: () => undefined,
  bad: (paint) => paint.status.bad,
  unknown: (paint) => paint.status.unknown,
};

interface Choice {
  readonly column: Column;
  readonly cell: (point: ParticipantStatus, paint: Theme) => Cell;
}

const name: Choice = {
  column: { header: 'PARTICIPANTS', shrinkTo: 16 },
  cell: ({ participant, status }, paint) => ({
    text: `  ${symbols[status]} ${sanitizeAndTruncate(participant.name, nameColumns)}`,
    brush: (text) => paintMark(text, paint.status[status]),
  }),
};
const fingerprint: Choice = {
  column: { header: 'SECRET', shrinkTo: 8 },
  cell: ({ participant, status }, paint) => ({
    text:
      participant.fingerprint === null
        ? '-'
        : sanitizeAndTruncate(participant.fingerprint, fingerprintColumns),
    brush: brushOf[status](paint),
  }),
};
const word: Choice = {
  column: { header: '', shrinkTo: 7 },
  cell: ({ word, status }, paint) => ({ text: word, brush: brushOf[status](paint) }),
};
const from: Choice = {
  column: { header: 'READ FROM', shrinkTo: 18 },
  cell: ({ participant }) => ({ text: readFrom(participant) }),
};
const role: Choice = {
  column: { header: 'ROLE' },
  cell: ({ participant }, paint) => ({ text: participant.role, brush: paint.faint }),
};
const time: Choice = {
  column: { header: 'TIME', alignRight: true },
  cell: ({ participant }, paint) => ({
    text: participant.latencyMs === null ? '-' : formatLatency(participant.latencyMs),
    brush: paint.faint,
  }),
};

/** From the richest on; the first that fits without a cut is taken. */
const layouts: readonly (readonly Choice[])[] = [
  [name, fingerprint, word, from, role, time],
  [name, fingerprint, word, from, role],
];

/** What may be cut to fit. */
const least: readonly Choice[] = [name, fingerprint, word, from];

/** For narrow terminals: where it was read from comes on a line of its own. */
const poorest: readonly Choice[] = [
  { ...name, column: { ...name.column, shrinkTo: 8 } },
  { ...fingerprint, column: { ...fingerprint.column, shrinkTo: 5 } },
  { ...word, column: { ...word.column, shrinkTo: 3 } },
];

function cellsOf(choices: readonly Choice[], points: readonly ParticipantStatus[], paint: Theme): Cell[][] {
  return points.map((point) => choices.map((choice) => choice.cell(point, paint)));
}

const verbs: Readonly<Record<Status, string>> = {
  ok: 'agree',
  bad: 'differ',
  unknown: 'could not be determined',
};

/** Who holds which secret, and where it was read from. */
export function participantLines(
  report: Report,
  points: readonly ParticipantStatus[],
  paint: Theme,
  style: Style,
): string[] {
  const reference = report.reference?.participant;
  const { shown, hidden } = fold(points, style, (point) => point.participant.name === reference);
  const columnsOf = (choices: readonly Choice[]) => choices.map((choice) => choice.column);
  const whole = (some: readonly Choice[]) =>
    totalWidth(naturalWidths(columnsOf(some), cellsOf(some, shown, paint))) <= style.columns;
  const choices =
    layouts.find(whole) ??
    (fits(columnsOf(least), cellsOf(least, shown, paint), style.columns) ? least : poorest);
  const { header, lines } = layOut(
    columnsOf(choices),
    cellsOf(choices, shown, paint),
    style.columns,
    paint.heading,
  );
  const rows = shown.flatMap((point, index) => {
    const dropped = choices.includes(from) ? [] : [readFrom(point.participant)];
    const extra = [...dropped, ...notes(point, style.verbose)].flatMap((note) =>
      wrapWithIndent('    ', note, style.columns),
    );
    return [lines[index] ?? '', ...extra.map(paint.faint)];
  });
  const folded = hidden.flatMap((part) => {
    const names = part.rows.map((point) => point.participant.name);
    const sentence = `${count(names.length)} others ${verbs[part.status]}`;
    return foldedLines(part.status, sentence, names, paint, style);
  });
  return [header, ...rows, ...folded];
}
