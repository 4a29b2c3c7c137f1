import type { ParticipantStatistics } from '../../monitor/history/participant.js';
import type { EnvironmentStatistics, HistoryStatistics } from '../../monitor/history/statistics.js';
import { formatDuration, formatLatency } from '../../schema/duration.js';
import type { Style } from '../reporter.js';
import { count, formatPercent, formatTime } from '../text/format.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import type { Cell, Column } from '../text/table.js';
import { type Theme, themeOf } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { type Status, symbols } from '../view/status.js';
import { incidentLines, remediationLines } from './history-incidents.js';
import { adopterLines, adoptionLines, causeLines, keyLines } from './history-keys.js';
import { rotationLines } from './history-rotations.js';
import { plural, type Row, section } from './history-table.js';

/** More participants are not read on a screen: the worst come first then. */
const mostParticipants = 50;

const participantColumns: readonly Column[] = [
  { header: 'PARTICIPANTS', shrinkTo: 16 },
  { header: 'AGREES', alignRight: true },
  { header: 'UP', alignRight: true },
  { header: 'ACCEPTS', alignRight: true },
  { header: 'P50', alignRight: true },
  { header: 'P95', alignRight: true },
  { header: 'INCIDENTS', alignRight: true },
];

/** Bad if it ever differed or rejected valid tokens, unknown if it was not always reachable. */
function participantStatus({ agreesShare, upShare, acceptedShare }: ParticipantStatistics): Status {
  if ((agreesShare ?? 1) < 1 || (acceptedShare ?? 1) < 1) return 'bad';
  return (upShare ?? 1) < 1 || (agreesShare === null && acceptedShare === null) ? 'unknown' : 'ok';
}

function participantRow(participant: ParticipantStatistics, theme: Theme): Row {
  const { name, agreesShare, upShare, acceptedShare, latencyMs, incidents } = participant;
  const title = sanitizeAndTruncate(name, 32);
  const share = (part: number | null, bad: Status): Cell => ({
    text: formatPercent(part),
    style: part !== null && part < 1 ? theme.status[bad] : undefined,
  });
  const [agrees, up, accepts] = [
    share(agreesShare, 'bad'),
    share(upShare, 'unknown'),
    share(acceptedShare, 'bad'),
  ];
  const p50 = latencyMs === null ? '-' : formatLatency(latencyMs.p50);
  const p95 = latencyMs === null ? '-' : formatLatency(latencyMs.p95);
  const latency = latencyMs === null ? '' : ` in ${p50} (p95 ${p95})`;
  const met = incidents === 0 ? '' : `, incidents ${count(incidents)}`;
  return {
    status: participantStatus(participant),
    title,
    cells: [
      { text: title },
      ...[agrees, up, accepts],
      { text: p50, style: theme.faint },
      { text: p95, style: theme.faint },
      { text: incidents === 0 ? '-' : count(incidents) },
    ],
    details: [`agrees ${agrees.text}, up ${up.text}, accepts ${accepts.text}${latency}${met}`],
  };
}

const order: Readonly<Record<Status, number>> = { bad: 0, unknown: 1, ok: 2 };

/** The shares and latencies of each participant. */
function participantLines(
  participants: readonly ParticipantStatistics[],
  theme: Theme,
  style: Style,
): string[] {
  const sorted =
    participants.length <= mostParticipants
      ? participants
      : [...participants].sort((a, b) => order[participantStatus(a)] - order[participantStatus(b)]);
  const rows = sorted.map((participant) => participantRow(participant, theme));
  return section(participantColumns, rows, theme, style, { most: mostParticipants });
}

const nameColumns = 40;

function statusOf({ incidents, consistentShare }: EnvironmentStatistics): Status {
  const open = incidents.filter(({ status }) => status === 'open');
  if (open.some(({ kind }) => kind === 'drift')) return 'bad';
  return open.length > 0 || consistentShare === null ? 'unknown' : 'ok';
}

/** The share of consistent checks, and the incidents that are open. */
function sentence({ checks, consistentShare, incidents }: EnvironmentStatistics): string {
  const quality =
    checks.total === 0
      ? 'no check was recorded'
      : consistentShare === null
        ? 'no check was conclusive'
        : `${formatPercent(consistentShare)} of the conclusive checks were consistent`;
  const open = incidents.filter(({ status }) => status === 'open').length;
  return open === 0 ? quality : `${quality}; ${plural(open, 'incident')} open`;
}

function checkLine({ checks, toldShare }: EnvironmentStatistics): string {
  const { total, inconsistent, inconclusive, failed, firstAt, lastAt } = checks;
  const kinds = [
    ...(inconsistent > 0 ? [`${count(inconsistent)} inconsistent`] : []),
    ...(inconclusive > 0 ? [`${count(inconclusive)} inconclusive`] : []),
    ...(failed > 0 ? [`${count(failed)} failed`] : []),
  ];
  const what = kinds.length === 0 ? '' : `: ${kinds.join(', ')}; ${formatPercent(toldShare)} conclusive`;
  const when = firstAt === null || lastAt === null ? '' : `, ${formatTime(firstAt)} to ${formatTime(lastAt)}`;
  return `${plural(total, 'check')}${when}${what}`;
}

function facts(environment: EnvironmentStatistics): string[] {
  const { checks, meanTimeToDetectMs, meanTimeToRepairMs, moneyAtRisk, givenUp } = environment;
  const means = [
    ...(meanTimeToDetectMs === null ? [] : [`detected after ${formatDuration(meanTimeToDetectMs)}`]),
    ...(meanTimeToRepairMs === null ? [] : [`repaired after ${formatDuration(meanTimeToRepairMs)}`]),
  ];
  return [
    ...(checks.total === 0 ? [] : [checkLine(environment)]),
    ...(means.length === 0 ? [] : [`drift ${means.join(', ')} on average`]),
    ...moneyAtRisk.map(
      ({ currency, mrrMinutes, revenue }) =>
        `${sanitizeAndTruncate(currency, 8)} ${count(Math.round(mrrMinutes))} MRR-minutes at risk: the revenue of that time is ${sanitizeAndTruncate(currency, 8)} ${money(revenue)}`,
    ),
    ...givenUp.map(
      ({ recipient, events }) =>
        `${sanitizeAndTruncate(recipient, nameColumns)} was not notified of ${plural(events, 'event')}`,
    ),
  ];
}

function money(amount: number): string {
  return amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function sections(environment: EnvironmentStatistics, theme: Theme, style: Style): string[][] {
  const status = statusOf(environment);
  const title = `${sanitizeAndTruncate(environment.environment, nameColumns)}: ${sentence(environment)}`;
  const head = wrapWithIndent(`${symbols[status]} `, title, style.columns).map((line, index) =>
    index === 0
      ? `${theme.status[status](line.slice(0, 1))}${theme.strong(line.slice(1))}`
      : theme.strong(line),
  );
  const rest = facts(environment).flatMap((fact) => wrapWithIndent('    ', fact, style.columns));
  return [
    [...head, ...rest],
    incidentLines(environment.incidents, theme, style),
    causeLines(environment.causes, theme, style),
    remediationLines(environment.remediations, theme, style),
    participantLines(environment.participants, theme, style),
    keyLines(environment.keys, theme, style),
    adoptionLines(environment.adoptions, environment.adoptionSummary, theme, style),
    adopterLines(environment.adopters, theme, style),
    rotationLines(environment.rotations, environment.rotationSummary, theme, style),
  ];
}

/** A history for people: the state of each environment, its incidents, its participants, then its keys and rotations. */
export function prettyHistory(history: HistoryStatistics, style: Style): string {
  const theme = themeOf(style.color);
  const { environments, since, skippedLines } = history;
  const parts = environments.flatMap((environment) => sections(environment, theme, style));
  const from = since === null ? '' : ` since ${formatTime(since)}`;
  if (parts.length === 0) parts.push(wrapWithIndent('? ', `nothing was recorded${from}`, style.columns));
  if (skippedLines > 0) {
    const skipped = `${plural(skippedLines, 'line')} of the history could not be read, and ${skippedLines === 1 ? 'was' : 'were'} skipped`;
    parts.push(wrapWithIndent('? ', skipped, style.columns).map(theme.status.unknown));
  }
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}
