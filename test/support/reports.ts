import { remedyOf } from '../../src/judge/remedy-steps.js';
import type {
  Finding,
  Group,
  RemedyStep,
  Report,
  ReportAttempt,
  ReportParticipant,
} from '../../src/model.js';

/** A participant that agrees with all others. */
export function aParticipant(name: string, changes: Partial<ReportParticipant> = {}): ReportParticipant {
  return {
    name,
    role: 'verifier',
    source: 'http',
    reachable: true,
    fingerprint: '200718bd',
    agrees: true,
    accepts: changes.fingerprint === undefined ? ['200718bd'] : [],
    version: null,
    provenance: null,
    latencyMs: 12,
    instances: [],
    error: null,
    required: true,
    proof: null,
    ...changes,
  };
}

/** An attempt that went as it should. */
export function anAttempt(
  participant: string,
  token: ReportAttempt['token'],
  changes: Partial<ReportAttempt> = {},
): ReportAttempt {
  const expected = token === 'genuine' ? 'accepted' : 'rejected';
  return {
    participant,
    probe: 'validate',
    minter: token === 'genuine' ? 'secret_manager' : null,
    token,
    tokenType: token === 'genuine' ? 'access' : null,
    expected,
    result: expected,
    status: expected === 'accepted' ? 200 : 401,
    closeCode: null,
    detail: '',
    latencyMs: 7,
    ...changes,
  };
}

/** A valid token, a forged one and no token, each answered correctly. */
export function goodAttempts(participant: string, probe = 'validate'): ReportAttempt[] {
  return [
    anAttempt(participant, 'genuine', { probe }),
    anAttempt(participant, 'forged', { probe }),
    anAttempt(participant, 'missing', { probe }),
  ];
}

/** Steps from text: a line each, commands indented. */
export function stepsIn(text: string): RemedyStep[] {
  return text.split('\n').map((line) => (line.startsWith('  ') ? { command: line.trim() } : { text: line }));
}

/** A finding of any code: a report may have been read from a file. */
export function aFinding(code: string, changes: Partial<Omit<Finding, 'remedy'>> = {}): Finding {
  const steps = changes.steps ?? [
    { text: 'Give backend_service the secret of secret_manager, then restart it.' },
  ];
  return {
    // @ts-expect-error a report that was read from a file may have any code
    code,
    severity: 'error',
    participants: ['backend_service'],
    message: 'backend_service holds another secret than secret_manager.',
    evidence: {},
    ...changes,
    steps,
    remedy: remedyOf(steps),
  };
}

export const secretManager = aParticipant('secret_manager', {
  role: 'reference',
  source: 'google-secret-manager',
  version: '7',
  latencyMs: 88,
});
export const authService = aParticipant('auth_service', { role: 'issuer' });
export const backendService = aParticipant('backend_service');
export const testFramework = aParticipant('test_framework', {
  role: 'other',
  source: 'env',
  provenance: 'JWT_SECRET_STAGING',
  latencyMs: 0,
});

/** Groups as the participants' fingerprints form them. */
export function groupsOf(participants: readonly ReportParticipant[], reference: string | null): Group[] {
  const groups = new Map<string, string[]>();
  for (const { name, fingerprint } of participants) {
    if (fingerprint === null) continue;
    const names = groups.get(fingerprint);
    if (names === undefined) groups.set(fingerprint, [name]);
    else names.push(name);
  }
  return [...groups].map(([fingerprint, names]) => ({
    fingerprint,
    participants: names,
    reference: reference !== null && names.includes(reference),
  }));
}

/** A literal report; by default four participants that agree. */
export function aReport(changes: Partial<Report> = {}): Report {
  const participants = changes.participants ?? [secretManager, authService, backendService, testFramework];
  const verdict = changes.verdict ?? 'consistent';
  return {
    schemaVersion: 1,
    tool: { name: 'jwtcheck', version: '1.0.0' },
    environment: 'staging',
    startedAt: '2026-01-31T12:00:00.000Z',
    durationMs: 412,
    verdict,
    exitCode: verdict === 'consistent' ? 0 : verdict === 'inconsistent' ? 1 : 3,
    level: verdict === 'consistent' ? 'INFO' : verdict === 'inconsistent' ? 'CRITICAL' : 'WARNING',
    reference: { participant: 'secret_manager', fingerprint: '200718bd', version: '7' },
    groups: groupsOf(participants, 'secret_manager'),
    participants,
    attempts: [
      ...goodAttempts('auth_service'),
      ...goodAttempts('backend_service', 'http'),
      ...goodAttempts('backend_service', 'websocket'),
    ],
    findings: [],
    impact: { currency: 'USD', mrrAtRisk: 0, participants: [] },
    ...changes,
  };
}
