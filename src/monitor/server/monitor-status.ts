import type { Finding, Report, ReportRotation, RotationLack } from '../../model.js';
import { stepsOf } from '../../report/view/remedy.js';
import { statusRank } from '../../report/view/status.js';
import { type ReportView, viewOf } from '../../report/view/view.js';
import { version } from '../../version.js';
import { aimOf } from '../alerting/rotation-summary.js';
import type { EnvironmentState, EventFinding, Incident, Outage } from '../monitor-model.js';
import type { MonitorView } from './monitor-view.js';
import type {
  FindingSummary,
  IncidentSummary,
  ReportSummary,
  RotationParticipantStatus,
  RotationStatus,
  StatusDocument,
  TokensSummary,
} from './status-document.js';

/** More minters than this make the table too wide to read. */
const mostColumns = 12;

/** The limit of findings; the report has them all. */
const mostFindings = 50;

/** All that the status page shows of this moment. */
export function statusOf(view: MonitorView, summary: ReportSummary | null): StatusDocument {
  const state = view.state();
  const last = view.lastCheck();
  return {
    version,
    environment: view.environment,
    now: view.now().toISOString(),
    startedAt: view.startedAt.toISOString(),
    intervalMs: view.intervalMs,
    freshForMs: view.freshForMs,
    lastCheck:
      last === null
        ? null
        : { endedAt: last.endedAt.toISOString(), durationMs: last.durationMs, failed: last.failed },
    nextCheckAt: view.nextCheckAt()?.toISOString() ?? null,
    report: summary,
    bad: state.bad === null ? null : { count: state.bad.count, since: state.bad.since },
    incident: state.incident === null ? null : incidentSummary(state.incident),
    outages: Object.entries(state.outages).flatMap(([participant, outage]) =>
      isAway(outage) ? [{ participant, since: outage.since, isReported: outage.told !== null }] : [],
    ),
    blindness:
      state.blindness === null || !isAway(state.blindness)
        ? null
        : { since: state.blindness.since, isReported: state.blindness.told !== null },
    rotation: rotationStatus(view.report(), state),
  };
}

/** The memory of an ended outage is not shown. */
const isAway = ({ away, told }: Outage): boolean => away > 0 || told !== null;

function incidentSummary({ since, told, peak }: Incident): IncidentSummary {
  const { level, participants, summary, findings, impact } = told;
  const shown = findings.slice(0, mostFindings).map((finding) => findingSummary(finding, null));
  return { since, level, peak, summary, participants, findings: shown, impact };
}

function findingSummary(finding: EventFinding, severity: Finding['severity'] | null): FindingSummary {
  const { code, participants, message } = finding;
  return { code, severity, participants, message, steps: stepsOf(finding) };
}

/** A report as the page shows it: the worst rows first. */
export function summaryOf(report: Report): ReportSummary {
  const view = viewOf(report);
  const { overall, headline, emulatorNote, groups, findings } = view;
  const slowest = new Map<string, number>();
  for (const { participant, token, latencyMs } of report.attempts)
    if (token === 'genuine') slowest.set(participant, Math.max(latencyMs, slowest.get(participant) ?? 0));
  const participants = view.participants.map(({ participant: p, status, word }) => ({
    name: p.name,
    role: p.role,
    source: p.source,
    status,
    word,
    fingerprint: p.fingerprint,
    version: p.version,
    latencyMs: p.latencyMs,
    tokenMs: slowest.get(p.name) ?? null,
    error: p.error?.message ?? null,
  }));
  return {
    startedAt: report.startedAt,
    verdict: report.verdict,
    level: report.level,
    status: overall.status,
    word: overall.word,
    sentence: headline.sentence,
    reference: report.reference?.participant ?? null,
    emulator: emulatorNote,
    groups,
    participants: participants.sort((a, b) => statusRank[a.status] - statusRank[b.status]),
    tokens: tokensSummary(view),
    findings: findings.slice(0, mostFindings).map((finding) => findingSummary(finding, finding.severity)),
    impact: { currency: report.impact.currency, mrrAtRisk: report.impact.mrrAtRisk },
  };
}

function tokensSummary({ report, tokens }: ReportView): TokensSummary {
  const genuine = tokens.columns.filter(({ kind }) => kind === 'genuine');
  const columns = [
    ...genuine.slice(0, mostColumns),
    ...tokens.columns.filter(({ kind }) => kind === 'control'),
  ];
  const results = { accepted: 0, rejected: 0, inconclusive: 0 };
  for (const { result } of report.attempts) results[result] += 1;
  return {
    columns: columns.map(({ name, kind }) => ({ name, kind })),
    columnsLeftOut: Math.max(0, genuine.length - mostColumns),
    rows: [...tokens.rows]
      .sort((a, b) => statusRank[a.status] - statusRank[b.status])
      .map(({ participant, probe, status, cells }) => ({
        participant,
        probe,
        status,
        cells: columns.map(({ key }) => {
          const cell = cells.get(key);
          return cell === undefined ? null : { status: cell.status, word: cell.word };
        }),
      })),
    results,
  };
}

/** The open rotation as the page shows it, or how the last one ended; `null`: none is known. */
function rotationStatus(report: Report | null, state: EnvironmentState): RotationStatus | null {
  const open = state.rotation?.open ?? null;
  if (open !== null) {
    const { mode, state: now, from, to, since, enteredAt, stalledAt } = open;
    const seen = report?.rotation;
    const isSeen = seen !== undefined && seen.id === open.id && seen.state === now;
    return {
      ...{ mode, from, to, state: now, openedAt: since, since: enteredAt },
      aim: aimOf(now, open),
      isStalled: stalledAt !== null,
      isRead: isSeen,
      participants: isSeen ? participantsOf(seen) : [],
    };
  }
  const last = report?.lastRotation;
  if (last === undefined) return null;
  const { mode, from, to, outcome, openedAt, at } = last;
  return {
    ...{ mode, from, to, state: outcome, openedAt, since: at },
    aim: null,
    isStalled: false,
    isRead: true,
    participants: [],
  };
}

/** Those that are not where the state wants them come first. */
function participantsOf({ participants }: ReportRotation): RotationParticipantStatus[] {
  return participants
    .map(({ name, signs, accepts, rejects, lacks }) => ({
      ...{ name, signs, accepts, rejects },
      lacks: lacks.map((lack) => ({
        status: lack.isRefuted ? ('bad' as const) : ('unknown' as const),
        text: lackInWords(lack),
      })),
    }))
    .sort((a, b) => rank(a) - rank(b));
}

const rank = ({ lacks }: RotationParticipantStatus): number =>
  lacks.some(({ status }) => status === 'bad') ? 0 : lacks.length > 0 ? 1 : 2;

const opposites: Readonly<Record<RotationLack['must'], string>> = {
  sign: 'signs with another version',
  accept: 'rejects it',
  reject: 'accepts it',
};

const demands: Readonly<Record<RotationLack['must'], string>> = {
  sign: 'must sign with',
  accept: 'must accept',
  reject: 'must reject',
};

function lackInWords({ must, version, isRefuted, probes }: RotationLack): string {
  const where = probes.length === 0 ? '' : ` (${probes.join(', ')})`;
  return `${demands[must]} version ${version}: ${isRefuted ? `${opposites[must]}${where}` : 'not proved yet'}`;
}
