import type { Finding, Report } from '../../model.js';
import { stepsOf } from '../../report/view/remedy.js';
import { statusRank } from '../../report/view/status.js';
import { type ReportView, viewOf } from '../../report/view/view.js';
import { version } from '../../version.js';
import type { EventFinding, Incident, Outage } from '../monitor-model.js';
import type { MonitorView } from './monitor-view.js';
import { rotationStatus } from './rotation-status.js';
import type {
  FindingSummary,
  IncidentSummary,
  ReportSummary,
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
      isAway(outage) ? [{ participant, since: outage.since, told: outage.told !== null }] : [],
    ),
    blindness:
      state.blindness === null || !isAway(state.blindness)
        ? null
        : { since: state.blindness.since, told: state.blindness.told !== null },
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
