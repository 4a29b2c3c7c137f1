import type { LastRotation, Report, ReportAttempt, ReportParticipant, ReportRotation } from '../model.js';
import type { Reporter } from './reporter.js';
import { jsonText } from './text/json-text.js';

function participant(p: ReportParticipant): ReportParticipant {
  return {
    name: p.name,
    role: p.role,
    source: p.source,
    reachable: p.reachable,
    fingerprint: p.fingerprint,
    agrees: p.agrees,
    accepts: p.accepts,
    version: p.version,
    provenance: p.provenance,
    latencyMs: p.latencyMs,
    instances: p.instances.map(({ instance, fingerprint, samples }) => ({ instance, fingerprint, samples })),
    error: p.error === null ? null : { code: p.error.code, message: p.error.message },
    required: p.required,
    proof: p.proof,
  };
}

function attempt(a: ReportAttempt): ReportAttempt {
  return {
    participant: a.participant,
    probe: a.probe,
    minter: a.minter,
    token: a.token,
    tokenType: a.tokenType,
    ...(a.version === undefined ? {} : { version: a.version }),
    ...(a.backdated === undefined ? {} : { backdated: a.backdated }),
    expected: a.expected,
    result: a.result,
    status: a.status,
    closeCode: a.closeCode,
    detail: a.detail,
    latencyMs: a.latencyMs,
    ...(a.observedAt === undefined ? {} : { observedAt: a.observedAt }),
  };
}

function rotation(open: ReportRotation): ReportRotation {
  return {
    id: open.id,
    mode: open.mode,
    state: open.state,
    from: open.from,
    to: open.to,
    openedAt: open.openedAt,
    since: open.since,
    participants: open.participants.map(({ name, signs, accepts, rejects, lacks }) => ({
      name,
      signs,
      accepts,
      rejects,
      lacks: lacks.map(({ must, version, isRefuted, probes }) => ({ must, version, isRefuted, probes })),
    })),
  };
}

function lastRotation({ id, mode, from, to, outcome, openedAt, at }: LastRotation): LastRotation {
  return { id, mode, from, to, outcome, openedAt, at };
}

/** The report with its keys in the published order, regardless of the order in which it was built. */
function ordered(report: Report): Report {
  const { tool, reference, impact } = report;
  return {
    schemaVersion: report.schemaVersion,
    tool: { name: tool.name, version: tool.version },
    environment: report.environment,
    startedAt: report.startedAt,
    durationMs: report.durationMs,
    verdict: report.verdict,
    exitCode: report.exitCode,
    level: report.level,
    reference:
      reference === null
        ? null
        : {
            participant: reference.participant,
            fingerprint: reference.fingerprint,
            version: reference.version,
          },
    groups: report.groups.map((group) => ({
      fingerprint: group.fingerprint,
      participants: group.participants,
      reference: group.reference,
    })),
    participants: report.participants.map(participant),
    attempts: report.attempts.map(attempt),
    findings: report.findings.map((finding) => ({
      code: finding.code,
      severity: finding.severity,
      participants: finding.participants,
      message: finding.message,
      evidence: finding.evidence,
      remedy: finding.remedy,
      steps: finding.steps.map((step) =>
        'command' in step ? { command: step.command } : { text: step.text },
      ),
    })),
    impact: {
      currency: impact.currency,
      mrrAtRisk: impact.mrrAtRisk,
      participants: impact.participants.map(({ name, mrr, note }) => ({ name, mrr, note })),
    },
    ...(report.emulators === undefined ? {} : { emulators: report.emulators }),
    ...(report.rotation === undefined ? {} : { rotation: rotation(report.rotation) }),
    ...(report.lastRotation === undefined ? {} : { lastRotation: lastRotation(report.lastRotation) }),
  };
}

/** The report as one JSON document (RFC 8259) that is also safe to print. */
export const json: Reporter = ({ report }) => jsonText(ordered(report));
