import type { Finding, Report, ReportParticipant } from '../../src/model.js';
import { advance } from '../../src/monitor/alerting/advance.js';
import {
  type AlertPolicy,
  type CheckOutcome,
  type EnvironmentState,
  initialState,
  type Notification,
} from '../../src/monitor/monitor-model.js';
import {
  aFinding,
  aReport,
  authService,
  backendService,
  goodAttempts,
  secretManager,
  testFramework,
} from './reports.js';

export const start = Date.parse('2026-01-31T12:00:00.000Z');
export const minute = 60_000;

export const plainPolicy: AlertPolicy = {
  failureThreshold: 2,
  failureWindow: 4,
  successThreshold: 2,
  remindEvery: 0,
  groupAbove: 5,
  silence: [],
  interval: minute,
  scope: '',
  links: { externalUrl: null, runbookUrl: null },
};

const everybody = [secretManager, authService, backendService, testFramework];

function inconsistent(level: Report['level'], findings: readonly Finding[], mrrAtRisk = 0): Report {
  const wrong = new Set(findings.flatMap((f) => f.participants));
  return aReport({
    verdict: 'inconsistent',
    level,
    participants: everybody.map((p) =>
      wrong.has(p.name) ? { ...p, agrees: false, fingerprint: '9b1c0f2e' } : p,
    ),
    findings,
    impact: { currency: 'EUR', mrrAtRisk, participants: [] },
  });
}

const error = { code: 'connection', message: 'connection refused' } as const;
const lost = (p: ReportParticipant): ReportParticipant => ({
  ...p,
  reachable: false,
  fingerprint: null,
  agrees: null,
  error,
});
const unreachable = (name: string): Finding =>
  aFinding('participant-unreachable', {
    severity: 'warning',
    participants: [name],
    message: `${name} could not be read: connection refused.`,
  });

/** A check in which these could not be read; one with `?` is optional. */
export function without(...names: readonly string[]): Report {
  const participants = everybody.map((p) => {
    const optional = names.includes(`${p.name}?`);
    return optional || names.includes(p.name) ? { ...lost(p), required: !optional } : p;
  });
  const away = participants.filter((p) => !p.reachable);
  const reference = away.some((p) => p.name === 'secret_manager');
  return aReport({
    verdict: away.some((p) => p.required) ? 'inconclusive' : 'consistent',
    level: 'WARNING',
    participants,
    ...(reference ? { reference: { participant: 'secret_manager', fingerprint: null, version: null } } : {}),
    findings: away.map((p) =>
      p.name === 'secret_manager'
        ? aFinding('reference-unavailable', {
            severity: 'warning',
            participants: [p.name],
            message: 'secret_manager could not be read: permission denied.',
          })
        : unreachable(p.name),
    ),
  });
}

/** That report, if this participant could not be read either. */
function beside(report: Report, name: string): Report {
  const { reference, findings } = without(name);
  return {
    ...report,
    reference,
    participants: report.participants.map((p) => (p.name === name ? lost(p) : p)),
    findings: [...report.findings, ...findings],
  };
}

const trailing = aFinding('trailing-newline', {
  message: 'backend_service holds the secret with a newline.',
});
const stale = aFinding('stale-secret-version', { message: 'backend_service holds version 6.' });
const issuer = aFinding('trailing-newline', {
  severity: 'critical',
  participants: ['auth_service'],
  message: 'auth_service holds the secret with a newline.',
});
const forged = aFinding('accepts-forged-token', {
  severity: 'critical',
  message: 'backend_service accepts forged tokens.',
});
const published = aFinding('published-default', {
  severity: 'critical',
  participants: everybody.map((p) => p.name),
  message: 'The secret of all is published.',
});
const unclear = (evidence: Finding['evidence']): Finding =>
  aFinding('probe-inconclusive', {
    severity: 'warning',
    evidence,
    message: 'backend_service gave no clear answer to a token (genuine): 500.',
  });

/** One letter for each kind of check. */
const reports: Readonly<Record<string, () => Report>> = {
  G: () => aReport(),
  /** Bad: WARNING, the same with another cause and with an additional participant; CRITICAL; EMERGENCY. */
  W: () => inconsistent('WARNING', [trailing]),
  V: () => inconsistent('WARNING', [stale]),
  U: () => inconsistent('WARNING', [trailing, { ...trailing, participants: ['test_framework'] }]),
  C: () => inconsistent('CRITICAL', [issuer], 50_000),
  E: () => inconsistent('EMERGENCY', [forged]),
  /** backend_service and auth_service; then as W, but auth_service cannot be read, or nor can the reference. */
  D: () => inconsistent('CRITICAL', [issuer, trailing], 50_000),
  Y: () => beside(inconsistent('WARNING', [trailing]), 'auth_service'),
  Z: () => beside(inconsistent('WARNING', [forged]), 'secret_manager'),
  /** As W, with a could-not-tell finding that comes and goes. */
  X: () => inconsistent('WARNING', [trailing, unclear({})]),
  /** Bad, with an addition: the secret is published; or only a token of yesterday is accepted. */
  P: () => inconsistent('WARNING', [published, trailing]),
  Q: () => inconsistent('WARNING', [{ ...forged, code: 'accepts-expired-token' }]),
  /** Bad, although all participants agree. */
  H: () => aReport({ exitCode: 1, level: 'INFO', findings: [published] }),
  /** backend_service; auth_service; both; all over the network; the reference. */
  b: () => without('backend_service'),
  a: () => without('auth_service'),
  d: () => without('auth_service', 'backend_service'),
  n: () => without('auth_service', 'backend_service', 'secret_manager'),
  r: () => without('secret_manager'),
  /** One replica of the reference, and backend_service. */
  R: () => {
    const report = without('backend_service', 'secret_manager');
    return {
      ...report,
      reference: { participant: 'secret_manager', fingerprint: '200718bd', version: '7' },
      participants: report.participants.map((p) =>
        p.name === 'secret_manager' ? { ...secretManager, error } : p,
      ),
    };
  },
  /** backend_service is optional and unreachable. */
  o: () => without('backend_service?'),
  /** backend_service gives an unclear answer to a valid token, and an error to an invalid one. */
  p: () => aReport({ verdict: 'inconclusive', findings: [unclear({})] }),
  q: () => aReport({ findings: [unclear({ countsAsRefused: true })] }),
  /** backend_service checks the credentials of the caller before it checks tokens. */
  s: () =>
    aReport({
      verdict: 'inconclusive',
      findings: [
        aFinding('service-credentials-rejected', {
          message: "backend_service refuses the caller's own credentials.",
        }),
      ],
    }),
  /** No source yields the secret: no participant gets a token. */
  m: () => aReport({ verdict: 'inconclusive', findings: [unclear({ noMinter: true })] }),
  /** The reference of another environment could not be read. */
  x: () =>
    aReport({
      verdict: 'inconclusive',
      findings: [
        aFinding('reference-unavailable', {
          severity: 'warning',
          participants: [],
          message: 'The reference of production could not be read.',
        }),
      ],
    }),
  /** backend_service was removed from the configuration. */
  l: () =>
    aReport({
      participants: [secretManager, authService, testFramework],
      attempts: goodAttempts('auth_service'),
    }),
};

/** The outcome for a letter; `F` is a failed check. */
export function outcomeOf(letter: string): CheckOutcome {
  if (letter === 'F') return { is: 'failed', environment: 'staging', message: 'no more file descriptors' };
  const report = reports[letter];
  if (report === undefined) throw new Error(`nothing is called ${letter}`);
  return { is: 'report', report: report() };
}

/** The result of a sequence of checks, and the events after each. */
export interface Watched {
  readonly state: EnvironmentState;
  readonly told: readonly (readonly Notification[])[];
}

/** Checks a minute apart, one letter each. */
export function watch(letters: string, policy: AlertPolicy = plainPolicy): Watched {
  let state = initialState;
  const told: (readonly Notification[])[] = [];
  for (const [index, letter] of [...letters.replaceAll(' ', '')].entries()) {
    const next = advance(state, outcomeOf(letter), policy, new Date(start + index * minute));
    state = JSON.parse(JSON.stringify(next.state));
    told.push(next.notifications);
  }
  return { state, told };
}
