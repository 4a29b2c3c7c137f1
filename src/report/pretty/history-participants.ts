import type { ParticipantStatistics } from '../../monitor/history/participant.js';
import { formatLatency } from '../../schema/duration.js';
import type { Style } from '../reporter.js';
import { count, formatPercent } from '../text/format.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { type Cell, type Column, fits, layOut } from '../text/table.js';
import { paintSymbol, type Theme } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { type Status, symbols } from '../view/status.js';

/** More participants are not read on a screen: the worst come first then. */
const mostParticipants = 50;

const columns: readonly Column[] = [
  { header: 'PARTICIPANTS', shrinkTo: 16 },
  { header: 'AGREES', alignRight: true },
  { header: 'UP', alignRight: true },
  { header: 'ACCEPTS', alignRight: true },
  { header: 'P50', alignRight: true },
  { header: 'P95', alignRight: true },
  { header: 'INCIDENTS', alignRight: true },
];

/** Bad if it ever differed or rejected valid tokens, unknown if it was not always reachable. */
function statusOf({ agreesShare, upShare, acceptedShare }: ParticipantStatistics): Status {
  if ((agreesShare ?? 1) < 1 || (acceptedShare ?? 1) < 1) return 'bad';
  return (upShare ?? 1) < 1 || (agreesShare === null && acceptedShare === null) ? 'unknown' : 'ok';
}

function row(participant: ParticipantStatistics, theme: Theme): Cell[] {
  const status = statusOf(participant);
  const share = (part: number | null, bad: Status): Cell => ({
    text: formatPercent(part),
    style: part !== null && part < 1 ? theme.status[bad] : undefined,
  });
  const { name, agreesShare, upShare, acceptedShare, latencyMs, incidents } = participant;
  return [
    {
      text: `  ${symbols[status]} ${sanitizeAndTruncate(name, 32)}`,
      style: (text) => paintSymbol(text, theme.status[status]),
    },
    share(agreesShare, 'bad'),
    share(upShare, 'unknown'),
    share(acceptedShare, 'bad'),
    { text: latencyMs === null ? '-' : formatLatency(latencyMs.p50), style: theme.faint },
    { text: latencyMs === null ? '-' : formatLatency(latencyMs.p95), style: theme.faint },
    { text: incidents === 0 ? '-' : count(incidents) },
  ];
}

/** For narrow terminals: the name on one line, the rest below. */
function block(
  participant: ParticipantStatistics,
  cells: readonly Cell[],
  theme: Theme,
  width: number,
): string[] {
  const [, agrees, up, accepts, p50, p95, incidents] = cells.map(({ text }) => text);
  const status = statusOf(participant);
  const latency = participant.latencyMs === null ? '' : ` in ${p50} (p95 ${p95})`;
  const met = participant.incidents === 0 ? '' : `, incidents ${incidents}`;
  return [
    ...wrapWithIndent(`  ${symbols[status]} `, sanitizeAndTruncate(participant.name, 32), width).map(
      (line, index) => (index === 0 ? paintSymbol(line, theme.status[status]) : line),
    ),
    ...wrapWithIndent('    ', `agrees ${agrees}, up ${up}, accepts ${accepts}${latency}${met}`, width).map(
      theme.faint,
    ),
  ];
}

const order: Readonly<Record<Status, number>> = { bad: 0, unknown: 1, ok: 2 };

/** The shares and latencies of each participant. */
export function participantLines(
  participants: readonly ParticipantStatistics[],
  theme: Theme,
  style: Style,
): string[] {
  if (participants.length === 0) return [];
  const shown =
    participants.length <= mostParticipants
      ? participants
      : [...participants].sort((a, b) => order[statusOf(a)] - order[statusOf(b)]).slice(0, mostParticipants);
  const rest = participants.length - shown.length;
  const rows = shown.map((participant) => row(participant, theme));
  const more =
    rest === 0 ? [] : wrapWithIndent('    ', `and ${count(rest)} more (-f json lists them)`, style.columns);
  if (!fits(columns, rows, style.columns)) {
    const blocks = shown.flatMap((participant, index) =>
      block(participant, rows[index] ?? [], theme, style.columns),
    );
    return [theme.heading('PARTICIPANTS'), ...blocks, ...more];
  }
  const { header, lines } = layOut(columns, rows, style.columns, theme.heading);
  return [header, ...lines, ...more];
}
