import { sameFingerprint } from '../fingerprint.js';
import type { Instance, Report, ReportParticipant } from '../model.js';
import { label } from './escape.js';
import { milliseconds } from './milliseconds.js';
import { count, fold, foldedLines, paintMark } from './pretty-fold.js';
import { marks, type Paint } from './pretty-paint.js';
import { type Cell, type Column, fits, layOut, naturalWidths, totalWidth } from './pretty-table.js';
import type { Style } from './report.js';
import type { Standing, Standpoint } from './standing.js';
import { hang } from './wrap.js';

const nameColumns = 32;
const fingerprintColumns = 16;

/** Where its secret was read from: `env JWT_SECRET`, `google-secret-manager v7`, `http: timeout`. */
function origin(participant: ReportParticipant): string {
  const { source, provenance, version, error, reachable } = participant;
  if (source === null) return 'probes only';
  if (!reachable) return error === null ? source : `${source}: ${error.code}`;
  const parts = [source];
  if (provenance !== null) parts.push(label(provenance, nameColumns));
  if (version !== null) parts.push(/^\d+$/.test(version) ? `v${version}` : `version ${version}`);
  return label(parts.join(' '), 60);
}

/** `3 of 5 answers show 200718bd (auth-a, auth-b)`. */
function ratio(instances: readonly Instance[]): string[] {
  const groups: { fingerprint: string; samples: number; names: string[] }[] = [];
  let all = 0;
  for (const { instance, fingerprint, samples } of instances) {
    let group = groups.find((known) => sameFingerprint(known.fingerprint, fingerprint));
    if (group === undefined) {
      group = { fingerprint, samples: 0, names: [] };
      groups.push(group);
    }
    group.samples += samples;
    all += samples;
    if (instance !== null) group.names.push(label(instance, nameColumns));
  }
  return groups.map(({ fingerprint, samples, names }) => {
    const more = names.length > 4 ? `${names.slice(0, 4).join(', ')}, …` : names.join(', ');
    const who = names.length === 0 ? '' : ` (${more})`;
    return `${samples} of ${all} answers show ${label(fingerprint, fingerprintColumns)}${who}`;
  });
}

/** What does not fit into the row. */
function notes(point: Standpoint, style: Style): string[] {
  const { participant, word } = point;
  const others = participant.accepts.filter(
    (accepted) => participant.fingerprint !== null && !sameFingerprint(accepted, participant.fingerprint),
  );
  const error = participant.error;
  return [
    ...(word === 'SPLIT' || (style.verbose && participant.instances.length > 1)
      ? ratio(participant.instances)
      : []),
    ...(others.length > 0
      ? [
          `accepts ${others
            .slice(0, 4)
            .map((other) => label(other, fingerprintColumns))
            .join(', ')} too`,
        ]
      : []),
    ...(participant.proof !== null &&
    (style.verbose || (participant.proof === 'failed' && word === 'DIFFERS'))
      ? [`proof of possession: ${participant.proof}`]
      : []),
    ...(error !== null && (style.verbose || participant.reachable)
      ? [`${error.code}: ${label(error.message, 300)}`]
      : []),
  ];
}

const brushOf: Readonly<Record<Standing, (paint: Paint) => Cell['brush']>> = {
  fine: () => undefined,
  wrong: (paint) => paint.standing.wrong,
  unclear: (paint) => paint.standing.unclear,
};

interface Choice {
  readonly column: Column;
  readonly cell: (point: Standpoint, paint: Paint) => Cell;
}

const name: Choice = {
  column: { header: 'PARTICIPANTS', shrinkTo: 16 },
  cell: ({ participant, standing }, paint) => ({
    text: `  ${marks[standing]} ${label(participant.name, nameColumns)}`,
    brush: (text) => paintMark(text, paint.standing[standing]),
  }),
};
const fingerprint: Choice = {
  column: { header: 'SECRET', shrinkTo: 8 },
  cell: ({ participant, standing }, paint) => ({
    text: participant.fingerprint === null ? '-' : label(participant.fingerprint, fingerprintColumns),
    brush: brushOf[standing](paint),
  }),
};
const word: Choice = {
  column: { header: '', shrinkTo: 7 },
  cell: ({ word, standing }, paint) => ({ text: word, brush: brushOf[standing](paint) }),
};
const from: Choice = {
  column: { header: 'READ FROM', shrinkTo: 18 },
  cell: ({ participant }) => ({ text: origin(participant) }),
};
const role: Choice = {
  column: { header: 'ROLE' },
  cell: ({ participant }, paint) => ({ text: participant.role, brush: paint.faint }),
};
const time: Choice = {
  column: { header: 'TIME', alignRight: true },
  cell: ({ participant }, paint) => ({
    text: participant.latencyMs === null ? '-' : milliseconds(participant.latencyMs),
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

function cellsOf(choices: readonly Choice[], points: readonly Standpoint[], paint: Paint): Cell[][] {
  return points.map((point) => choices.map((choice) => choice.cell(point, paint)));
}

const verbs: Readonly<Record<Standing, string>> = {
  fine: 'agree',
  wrong: 'differ',
  unclear: 'could not be told',
};

/** Who holds which secret, and where it was read from. */
export function participantLines(
  report: Report,
  points: readonly Standpoint[],
  paint: Paint,
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
    const dropped = choices.includes(from) ? [] : [origin(point.participant)];
    const extra = [...dropped, ...notes(point, style)].flatMap((note) => hang('    ', note, style.columns));
    return [lines[index] ?? '', ...extra.map(paint.faint)];
  });
  const folded = hidden.flatMap((part) => {
    const names = part.rows.map((point) => point.participant.name);
    const sentence = `${count(names.length)} others ${verbs[part.standing]}`;
    return foldedLines(part.standing, sentence, names, paint, style);
  });
  return [header, ...rows, ...folded];
}
