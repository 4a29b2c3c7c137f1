import type { Level } from '../../model.js';
import type { IncidentStatistics } from '../../monitor/history/incidents.js';
import type { RemediationStatistics } from '../../monitor/history/remediations.js';
import { remediationResults } from '../../monitor/remediation/remediation-model.js';
import { formatDuration } from '../../schema/duration.js';
import type { Style } from '../reporter.js';
import { count, formatTime } from '../text/format.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { type Cell, type Column, fits, layOut } from '../text/table.js';
import { paintSymbol, type Theme } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { type Status, symbols } from '../view/status.js';
import { mostRows, type Row, section, some } from './history-table.js';

const incidentColumns: readonly Column[] = [
  { header: 'INCIDENTS' },
  { header: 'LASTED', alignRight: true },
  { header: 'LEVEL' },
  { header: 'CAUSE', shrinkTo: 16 },
  { header: 'PARTICIPANTS', shrinkTo: 12 },
];

const unknownCause: Readonly<Record<IncidentStatistics['kind'], string>> = {
  drift: 'unknown',
  unreachable: 'participant-unreachable',
  monitor: 'monitoring was degraded',
};

const statusOf = ({ status, kind }: IncidentStatistics): Status => {
  if (status === 'resolved') return 'ok';
  return status === 'open' && kind === 'drift' ? 'bad' : 'unknown';
};

function lasting({ durationMs, status }: IncidentStatistics): string {
  const words = {
    open: `${formatDuration(durationMs)}, open`,
    lost: `${formatDuration(durationMs)}+`,
    resolved: formatDuration(durationMs),
  };
  return words[status];
}

const styleOf = (peak: Level | null, theme: Theme): Cell['style'] => {
  if (peak === 'WARNING') return theme.status.unknown;
  return peak === 'CRITICAL' || peak === 'EMERGENCY' ? theme.status.bad : undefined;
};

function row(incident: IncidentStatistics, theme: Theme): Cell[] {
  const status = statusOf(incident);
  return [
    {
      text: `  ${symbols[status]} ${formatTime(incident.since)}`,
      style: (text) => paintSymbol(text, theme.status[status]),
    },
    { text: lasting(incident) },
    { text: incident.peak ?? '-', style: styleOf(incident.peak, theme) },
    { text: some(incident.codes, unknownCause[incident.kind]) },
    { text: some(incident.participants) },
  ];
}

/** For narrow terminals: an incident on lines of its own. */
function block(cells: readonly Cell[], theme: Theme, width: number): string[] {
  const [first, lasted, level, cause, participants] = cells.map(({ text }) => text);
  return [
    ...wrapWithIndent('  ', (first ?? '').trimStart(), width).map((line, index) =>
      index === 0 && cells[0]?.style !== undefined ? cells[0].style(line) : line,
    ),
    ...wrapWithIndent('    ', `${level}, ${lasted}`, width),
    ...wrapWithIndent('    ', `${cause}: ${participants}`, width).map(theme.faint),
  ];
}

/** The newest incidents, the oldest of them first; no lines if there was none. */
export function incidentLines(
  incidents: readonly IncidentStatistics[],
  theme: Theme,
  style: Style,
): string[] {
  if (incidents.length === 0) return [];
  const shown = incidents.slice(-mostRows);
  const earlier = incidents.length - shown.length;
  const rows = shown.map((incident) => row(incident, theme));
  const more =
    earlier === 0
      ? []
      : wrapWithIndent('    ', `${count(earlier)} earlier ones (-f json lists them)`, style.columns);
  if (!fits(incidentColumns, rows, style.columns))
    return [
      theme.heading('INCIDENTS'),
      ...more,
      ...rows.flatMap((cells) => block(cells, theme, style.columns)),
    ];
  const { header, lines } = layOut(incidentColumns, rows, style.columns, theme.heading);
  return [header, ...more, ...lines];
}

const remediationColumns: readonly Column[] = [
  { header: 'REMEDIATIONS', shrinkTo: 16 },
  { header: 'STARTED', alignRight: true },
  { header: 'RESULTS' },
  { header: 'LAST' },
];

function remediationRow({ participant, started, results, lastAt }: RemediationStatistics): Row {
  const title = sanitizeAndTruncate(participant, 32);
  const ended = remediationResults.filter((result) => results[result] > 0);
  const text = ended.map((result) => `${count(results[result])} ${result}`).join(', ') || '-';
  const status: Status = ended.some((result) => result !== 'fixed')
    ? 'bad'
    : results.fixed < started
      ? 'unknown'
      : 'ok';
  return {
    status,
    title,
    cells: [{ text: title }, { text: count(started) }, { text }, { text: formatTime(lastAt) }],
    details: [`${count(started)} started: ${text}; the last at ${formatTime(lastAt)}`],
  };
}

/** The actions that the monitor carried out, by participant. */
export const remediationLines = (
  remediations: readonly RemediationStatistics[],
  theme: Theme,
  style: Style,
): string[] => section(remediationColumns, remediations.map(remediationRow), theme, style);
