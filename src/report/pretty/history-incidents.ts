import type { Level } from '../../model.js';
import type { IncidentStatistics } from '../../monitor/history/incidents.js';
import type { Style } from '../reporter.js';
import { count, paintMark } from '../text/fold-rows.js';
import { instantText, spanText } from '../text/format-time.js';
import { label } from '../text/sanitize.js';
import { type Cell, type Column, fits, layOut } from '../text/table.js';
import { hang } from '../text/wrap.js';
import type { Standing } from '../view/status.js';
import { marks, type Paint } from './theme.js';

/** More are not read on a screen; the newest are shown. */
const mostIncidents = 20;

const mostNames = 3;

const columns: readonly Column[] = [
  { header: 'INCIDENTS' },
  { header: 'LASTED', alignRight: true },
  { header: 'LEVEL' },
  { header: 'CAUSE', shrinkTo: 16 },
  { header: 'PARTICIPANTS', shrinkTo: 12 },
];

/** `a, b, c and 4 more`. */
function some(names: readonly string[], none: string): string {
  if (names.length === 0) return none;
  const shown = names.slice(0, mostNames).map((name) => label(name, 32));
  const rest = names.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${count(rest)} more` : ''}`;
}

const unknownCause: Readonly<Record<IncidentStatistics['kind'], string>> = {
  drift: 'unknown',
  unreachable: 'participant-unreachable',
  monitor: 'the monitor saw nothing',
};

const standingOf = ({ status, kind }: IncidentStatistics): Standing => {
  if (status === 'resolved') return 'fine';
  return status === 'open' && kind === 'drift' ? 'wrong' : 'unclear';
};

function lasting({ durationMs, status }: IncidentStatistics): string {
  const words = {
    open: `${spanText(durationMs)}, open`,
    lost: `${spanText(durationMs)}+`,
    resolved: spanText(durationMs),
  };
  return words[status];
}

const brushOf = (peak: Level | null, paint: Paint): Cell['brush'] => {
  if (peak === 'WARNING') return paint.standing.unclear;
  return peak === 'CRITICAL' || peak === 'EMERGENCY' ? paint.standing.wrong : undefined;
};

function row(incident: IncidentStatistics, paint: Paint): Cell[] {
  const standing = standingOf(incident);
  return [
    {
      text: `  ${marks[standing]} ${instantText(incident.since)}`,
      brush: (text) => paintMark(text, paint.standing[standing]),
    },
    { text: lasting(incident) },
    { text: incident.peak ?? '-', brush: brushOf(incident.peak, paint) },
    { text: some(incident.codes, unknownCause[incident.kind]) },
    { text: some(incident.participants, '-') },
  ];
}

/** For narrow terminals: an incident on lines of its own. */
function block(cells: readonly Cell[], paint: Paint, width: number): string[] {
  const [first, lasted, level, cause, participants] = cells.map(({ text }) => text);
  return [
    ...hang('  ', (first ?? '').trimStart(), width).map((line, index) =>
      index === 0 && cells[0]?.brush !== undefined ? cells[0].brush(line) : line,
    ),
    ...hang('    ', `${level}, ${lasted}`, width),
    ...hang('    ', `${cause}: ${participants}`, width).map(paint.faint),
  ];
}

/** What happened, oldest first; with nothing to tell, nothing. */
export function incidentLines(
  incidents: readonly IncidentStatistics[],
  paint: Paint,
  style: Style,
): string[] {
  if (incidents.length === 0) return [];
  const shown = incidents.slice(-mostIncidents);
  const earlier = incidents.length - shown.length;
  const rows = shown.map((incident) => row(incident, paint));
  const more =
    earlier === 0 ? [] : hang('    ', `${count(earlier)} earlier ones (-f json lists them)`, style.columns);
  if (!fits(columns, rows, style.columns))
    return [
      paint.heading('INCIDENTS'),
      ...more,
      ...rows.flatMap((cells) => block(cells, paint, style.columns)),
    ];
  const { header, lines } = layOut(columns, rows, style.columns, paint.heading);
  return [header, ...more, ...lines];
}
