import { describe, expect, it } from 'vitest';
import { type Report, type ReportAttempt, standardControls } from '../../../src/model.js';
import { pretty } from '../../../src/report/pretty/pretty.js';
import type { Style } from '../../../src/report/reporter.js';
import { viewOf } from '../../../src/report/view/view.js';
import {
  aFinding,
  anAttempt,
  aParticipant,
  aReport,
  authService,
  backendService,
  goodAttempts,
  groupsOf,
  secretManager,
  stepsIn,
  testFramework,
} from '../../support/reports.js';

const command = 'gcloud secrets versions access 7 --secret=jwt-secret-staging --project=netra-staging';

function printed(report: Report, style: Partial<Style> = {}): string {
  return `\n${pretty(viewOf(report), { color: false, columns: 80, verbose: false, quiet: false, ...style })}`;
}

const onFallback = aParticipant('test_framework', {
  role: 'other',
  source: 'env',
  provenance: 'fallback',
  fingerprint: '5c1fa0de',
  agrees: false,
  latencyMs: 0,
});

function ofTestFramework(participant: string, probe: string, answer: Partial<ReportAttempt>): ReportAttempt {
  return anAttempt(participant, 'genuine', {
    minter: 'test_framework',
    probe,
    result: 'rejected',
    ...answer,
  });
}

const fallback = aReport({
  verdict: 'inconsistent',
  level: 'WARNING',
  participants: [secretManager, authService, backendService, onFallback],
  attempts: [
    ...aReport().attempts,
    ofTestFramework('auth_service', 'validate', { status: 200, detail: 'status 200, /valid is false' }),
    ofTestFramework('backend_service', 'http', { status: 401, detail: 'status 401' }),
    ofTestFramework('backend_service', 'websocket', { closeCode: 1008, detail: 'closed with 1008' }),
  ],
  findings: [
    aFinding('hardcoded-fallback', {
      participants: ['test_framework'],
      message:
        'test_framework uses the fallback that is written into its code, for none of its variables is set.',
      evidence: { fingerprint: '5c1fa0de', knownFrom: ['knownFallbacks.0'] },
      steps: stepsIn(
        `Take it from secret_manager where test_framework runs:\n  export JWT_SECRET_STAGING="$(${command})"`,
      ),
    }),
  ],
});

const websocketOnly = aReport({
  verdict: 'inconsistent',
  attempts: [
    ...goodAttempts('auth_service'),
    ...goodAttempts('backend_service', 'http'),
    anAttempt('backend_service', 'genuine', {
      probe: 'websocket',
      result: 'rejected',
      status: 101,
      closeCode: 1008,
      detail: 'closed with 1008 "VALIDATION_FAILED" after 31 ms',
    }),
    anAttempt('backend_service', 'forged', { probe: 'websocket' }),
    anAttempt('backend_service', 'missing', { probe: 'websocket' }),
  ],
  findings: [
    aFinding('websocket-only-rejection', {
      message: 'backend_service accepts a valid token over HTTP and rejects it over WebSocket.',
      evidence: {
        accepts: ['http: status 200'],
        refuses: ['websocket: closed with 1008 "VALIDATION_FAILED" after 31 ms'],
      },
      steps: stepsIn(
        'Look at where the WebSocket of backend_service reads its secret, and at the proxy before it: does the token arrive?',
      ),
    }),
  ],
  impact: {
    currency: 'USD',
    mrrAtRisk: 50000,
    participants: [{ name: 'backend_service', mrr: 50000, note: 'WebSocket sign-in' }],
  },
});

const unreachable = aReport({
  verdict: 'inconclusive',
  participants: [
    secretManager,
    authService,
    aParticipant('backend_service', {
      reachable: false,
      fingerprint: null,
      agrees: null,
      accepts: [],
      latencyMs: 5003,
      error: {
        code: 'timeout',
        message: 'no answer from https://api.example.com/internal/jwt-fingerprint within 5 s',
      },
    }),
    testFramework,
  ],
  attempts: [
    ...goodAttempts('auth_service'),
    anAttempt('backend_service', 'genuine', {
      probe: 'websocket',
      result: 'inconclusive',
      status: null,
      detail: 'no answer within 5 s',
    }),
  ],
  findings: [
    aFinding('participant-unreachable', {
      severity: 'warning',
      message:
        'backend_service could not be read: no answer from https://api.example.com/internal/jwt-fingerprint within 5 s.',
      evidence: { error: 'timeout', required: true, partly: false },
      steps: stepsIn('Bring backend_service up, or pass --allow-unreachable backend_service.'),
    }),
  ],
});

const many = ((): Report => {
  const services = Array.from({ length: 199 }, (_, index) =>
    aParticipant(
      `service_${index + 1}`,
      index % 50 === 7 ? { fingerprint: '9b1c0f2e', agrees: false, accepts: ['9b1c0f2e'] } : {},
    ),
  );
  const participants = [secretManager, ...services];
  return aReport({
    verdict: 'inconsistent',
    level: 'EMERGENCY',
    participants,
    groups: groupsOf(participants, 'secret_manager'),
    attempts: services.flatMap((service) => [
      anAttempt(
        service.name,
        'genuine',
        service.agrees === false ? { result: 'rejected', status: 401, detail: 'status 401' } : {},
      ),
      anAttempt(service.name, 'forged'),
    ]),
    findings: services
      .filter((service) => service.agrees === false)
      .map((service) =>
        aFinding('stale-secret-version', {
          participants: [service.name],
          message: `${service.name} still holds version 6; the reference is at version 7.`,
          evidence: {
            fingerprint: '9b1c0f2e',
            version: '6',
            createdAt: '2026-01-01T00:00:00Z',
            current: '7',
          },
          steps: stepsIn(`Restart or redeploy ${service.name}, so that it reads version 7.`),
        }),
      ),
  });
})();

describe('the pretty report', () => {
  it('says that all agree', () => {
    expect(printed(aReport())).toMatchInlineSnapshot(`
      "
      ✓ CONSISTENT  staging: all 4 participants hold the same secret
                    alert level INFO, 412 ms

      PARTICIPANTS         SECRET               READ FROM                 ROLE
        ✓ secret_manager   200718bd  reference  google-secret-manager v7  reference
        ✓ auth_service     200718bd  same       http                      issuer
        ✓ backend_service  200718bd  same       http                      verifier
        ✓ test_framework   200718bd  same       env JWT_SECRET_STAGING    other

      TOKENS                          signed by       must be rejected
                                      secret_manager  forged    missing
        ✓ auth_service     validate   accepted        rejected  rejected
        ✓ backend_service  http       accepted        rejected  rejected
        ✓ backend_service  websocket  accepted        rejected  rejected
      "
    `);
  });

  it('names the one that differs, and what to type', () => {
    expect(printed(fallback)).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT  staging: test_framework differs from secret_manager
                      alert level WARNING, 412 ms, exit code 1

      PARTICIPANTS         SECRET               READ FROM                 ROLE
        ✓ secret_manager   200718bd  reference  google-secret-manager v7  reference
        ✓ auth_service     200718bd  same       http                      issuer
        ✓ backend_service  200718bd  same       http                      verifier
        ✗ test_framework   5c1fa0de  DIFFERS    env fallback              other

      TOKENS                        signed by                       must be rejected
                                    secret_manager  test_framework  forged    missing
        ✓ auth_service   validate   accepted        rejected        rejected  rejected
        ✓ backend_serv…  http       accepted        rejected        rejected  rejected
        ✓ backend_serv…  websocket  accepted        rejected        rejected  rejected

      WHY
        ✗ ERROR hardcoded-fallback
          test_framework uses the fallback that is written into its code, for none of
          its variables is set.
            fingerprint: 5c1fa0de
            known from: knownFallbacks.0
          fix: Take it from secret_manager where test_framework runs:
                 export JWT_SECRET_STAGING="$(gcloud secrets versions access 7 --secret=jwt-secret-staging --project=netra-staging)"
          more: jwtcheck explain hardcoded-fallback
      "
    `);
  });

  it('shows that only the WebSocket refuses the token, and the money at risk', () => {
    expect(printed(websocketOnly)).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT  staging: backend_service rejects valid tokens (websocket)
                      USD 50,000 a month at risk: backend_service (WebSocket sign-in)
                      alert level CRITICAL, 412 ms, exit code 1

      PARTICIPANTS         SECRET               READ FROM                 ROLE
        ✓ secret_manager   200718bd  reference  google-secret-manager v7  reference
        ✓ auth_service     200718bd  same       http                      issuer
        ✓ backend_service  200718bd  same       http                      verifier
        ✓ test_framework   200718bd  same       env JWT_SECRET_STAGING    other

      TOKENS                          signed by       must be rejected
                                      secret_manager  forged    missing
        ✓ auth_service     validate   accepted        rejected  rejected
        ✓ backend_service  http       accepted        rejected  rejected
        ✗ backend_service  websocket  REJECTED        rejected  rejected
          signed by secret_manager: closed with 1008 "VALIDATION_FAILED" after 31 ms

      WHY
        ✗ ERROR websocket-only-rejection
          backend_service accepts a valid token over HTTP and rejects it over
          WebSocket.
            accepts: http: status 200
            refuses: websocket: closed with 1008 "VALIDATION_FAILED" after 31 ms
          fix: Look at where the WebSocket of backend_service reads its secret, and at
               the proxy before it: does the token arrive?
          more: jwtcheck explain websocket-only-rejection
      "
    `);
  });

  it('names no participant without a reference and a majority', () => {
    const participants = [
      aParticipant('auth_service', { role: 'issuer', agrees: null }),
      aParticipant('backend_service', { agrees: null }),
      aParticipant('test_framework', {
        source: 'env',
        provenance: 'JWT_SECRET',
        fingerprint: '5c1fa0de',
        agrees: null,
      }),
      aParticipant('worker', { source: 'file', fingerprint: '5c1fa0de', agrees: null }),
    ];
    const report = aReport({
      verdict: 'inconsistent',
      reference: null,
      participants,
      groups: groupsOf(participants, null),
      attempts: [
        anAttempt('auth_service', 'genuine', { minter: 'worker', result: 'rejected', detail: 'status 401' }),
      ],
      findings: [
        aFinding('fingerprint-mismatch', {
          participants: [],
          message:
            '2 different secrets are in use, and none has a majority: it is unknown which one is right.',
          evidence: { groups: [{ fingerprint: '200718bd', participants: ['auth_service'] }] },
          steps: stepsIn(
            'Name the participant that is right as `reference`, or give its fingerprint with --expect.',
          ),
        }),
      ],
    });
    expect(printed(report)).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT  staging: 2 different secrets are in use, and there is no
                      majority to show which one is right
                      alert level CRITICAL, 412 ms, exit code 1

      PARTICIPANTS         SECRET             READ FROM       ROLE       TIME
        ? auth_service     200718bd  group A  http            issuer    12 ms
        ? backend_service  200718bd  group A  http            verifier  12 ms
        ? test_framework   5c1fa0de  group B  env JWT_SECRET  verifier  12 ms
        ? worker           5c1fa0de  group B  file            verifier  12 ms

      TOKENS                      signed by
                                  worker
        ? auth_service  validate  REJECTED
          signed by worker: status 401

      WHY
        ✗ ERROR fingerprint-mismatch
          2 different secrets are in use, and none has a majority: it is unknown which
          one is right.
          fix: Name the participant that is right as \`reference\`, or give its
               fingerprint with --expect.
          more: jwtcheck explain fingerprint-mismatch
      "
    `);
  });

  it('makes no claim where a participant could not be read', () => {
    expect(printed(unreachable)).toMatchInlineSnapshot(`
      "
      ? INCONCLUSIVE  staging: backend_service cannot be read
                      alert level WARNING, 412 ms, exit code 3

      PARTICIPANTS         SECRET               READ FROM                 ROLE
        ✓ secret_manager   200718bd  reference  google-secret-manager v7  reference
        ✓ auth_service     200718bd  same       http                      issuer
        ? backend_service  -         unread     http: timeout             verifier
        ✓ test_framework   200718bd  same       env JWT_SECRET_STAGING    other

      TOKENS                          signed by       must be rejected
                                      secret_manager  forged    missing
        ✓ auth_service     validate   accepted        rejected  rejected
        ? backend_service  websocket  inconclusive    -         -
          signed by secret_manager: no answer within 5 s

      WHY
        ? WARNING participant-unreachable
          backend_service could not be read: no answer from
          https://api.example.com/internal/jwt-fingerprint within 5 s.
            error: timeout
          fix: Bring backend_service up, or pass --allow-unreachable backend_service.
          more: jwtcheck explain participant-unreachable
      "
    `);
  });

  it('says first that bad tokens are accepted', () => {
    const report = aReport({
      verdict: 'inconsistent',
      level: 'EMERGENCY',
      participants: [secretManager, authService, backendService, onFallback],
      attempts: [
        ...goodAttempts('auth_service'),
        anAttempt('backend_service', 'genuine', { probe: 'http' }),
        anAttempt('backend_service', 'forged', {
          probe: 'http',
          result: 'accepted',
          status: 200,
          detail: 'status 200',
        }),
        anAttempt('backend_service', 'missing', { probe: 'http', result: 'inconclusive', status: 500 }),
      ],
      findings: [
        aFinding('fingerprint-mismatch', {
          participants: ['test_framework'],
          message: 'test_framework holds another secret than secret_manager.',
          evidence: { fingerprint: '5c1fa0de', expected: '200718bd' },
          steps: stepsIn('Give test_framework the secret of secret_manager.'),
        }),
        aFinding('accepts-forged-token', {
          severity: 'critical',
          message: 'backend_service accepts a token signed with a random key (http).',
          evidence: { probes: ['http'], answers: ['http: status 200'] },
          steps: stepsIn('Verify the signature, with a fixed list of algorithms, before reading any claim.'),
        }),
      ],
    });
    expect(printed(report)).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT  staging: backend_service accepts forged tokens; test_framework
                      differs from secret_manager
                      alert level EMERGENCY, 412 ms, exit code 1

      PARTICIPANTS         SECRET               READ FROM                 ROLE
        ✓ secret_manager   200718bd  reference  google-secret-manager v7  reference
        ✓ auth_service     200718bd  same       http                      issuer
        ✓ backend_service  200718bd  same       http                      verifier
        ✗ test_framework   5c1fa0de  DIFFERS    env fallback              other

      TOKENS                         signed by       must be rejected
                                     secret_manager  forged    missing
        ✓ auth_service     validate  accepted        rejected  rejected
        ✗ backend_service  http      accepted        ACCEPTED  inconclusive
          forged: status 200
          missing: status 500

      WHY
        ✗ CRITICAL accepts-forged-token
          backend_service accepts a token signed with a random key (http).
            answers: http: status 200
          fix: Verify the signature, with a fixed list of algorithms, before reading
               any claim.
          more: jwtcheck explain accepts-forged-token

        ✗ ERROR fingerprint-mismatch
          test_framework holds another secret than secret_manager.
            fingerprint: 5c1fa0de
            expected: 200718bd
          fix: Give test_framework the secret of secret_manager.
          more: jwtcheck explain fingerprint-mismatch
      "
    `);
  });

  it('gives the ratio where replicas disagree', () => {
    const split = {
      ...authService,
      agrees: false,
      instances: [
        { instance: 'auth-7d9f-x2', fingerprint: '200718bd', samples: 2 },
        { instance: 'auth-7d9f-q8', fingerprint: '200718bd', samples: 1 },
        { instance: null, fingerprint: '9b1c0f2e', samples: 2 },
      ],
    };
    const report = aReport({
      verdict: 'inconsistent',
      participants: [secretManager, split, backendService],
      attempts: [],
      findings: [],
    });
    expect(printed(report)).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT  staging: replicas of auth_service hold different secrets
                      alert level CRITICAL, 412 ms, exit code 1

      PARTICIPANTS         SECRET               READ FROM                 ROLE
        ✓ secret_manager   200718bd  reference  google-secret-manager v7  reference
        ✗ auth_service     200718bd  SPLIT      http                      issuer
          3 of 5 answers show 200718bd (auth-7d9f-x2, auth-7d9f-q8)
          2 of 5 answers show 9b1c0f2e
        ✓ backend_service  200718bd  same       http                      verifier
      "
    `);
  });

  it('shows a rotation under way, and a participant that tokens alone judge', () => {
    const report = aReport({
      participants: [
        secretManager,
        aParticipant('auth_service', { fingerprint: '9b1c0f2e', accepts: ['9b1c0f2e', '200718bd'] }),
        aParticipant('gateway', { source: null, fingerprint: null, accepts: [], latencyMs: null }),
        aParticipant('batch', {
          reachable: false,
          required: false,
          fingerprint: null,
          agrees: null,
          error: { code: 'connection', message: 'refused' },
        }),
      ],
      attempts: goodAttempts('gateway'),
      findings: [
        aFinding('rotation-overlap', {
          severity: 'info',
          participants: ['auth_service'],
          message: 'auth_service still signs with another key, and accepts that of secret_manager too.',
          steps: stepsIn('Have auth_service sign with the new key, then drop the old one everywhere.'),
        }),
      ],
    });
    expect(printed(report)).toMatchInlineSnapshot(`
      "
      ✓ CONSISTENT  staging: all 3 participants hold the same secret; 1 could not be
                    read (optional)
                    alert level INFO, 412 ms

      PARTICIPANTS        SECRET               READ FROM                 ROLE
        ✓ secret_manager  200718bd  reference  google-secret-manager v7  reference
        ✓ auth_service    9b1c0f2e  overlap    http                      verifier
          accepts 200718bd too
        ✓ gateway         -         by tokens  probes only               verifier
        ? batch           -         skipped    http: connection          verifier

      TOKENS                 signed by       must be rejected
                             secret_manager  forged    missing
        ✓ gateway  validate  accepted        rejected  rejected

      FINDINGS
        i INFO rotation-overlap
          auth_service still signs with another key, and accepts that of
          secret_manager too.
          fix: Have auth_service sign with the new key, then drop the old one
               everywhere.
          more: jwtcheck explain rotation-overlap
      "
    `);
  });

  it('folds what is fine of 200 participants and keeps what is wrong', () => {
    expect(printed(many)).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT  staging: 4 of 200 participants differ from secret_manager
                      alert level EMERGENCY, 412 ms, exit code 1

      PARTICIPANTS        SECRET               READ FROM                 ROLE
        ✓ secret_manager  200718bd  reference  google-secret-manager v7  reference
        ✗ service_8       9b1c0f2e  DIFFERS    http                      verifier
        ✗ service_58      9b1c0f2e  DIFFERS    http                      verifier
        ✗ service_108     9b1c0f2e  DIFFERS    http                      verifier
        ✗ service_158     9b1c0f2e  DIFFERS    http                      verifier
        ✓ 195 others agree: service_1, service_2, service_3, service_4, service_5,
          service_6, service_7, service_9, … (-v lists them)

      TOKENS                     signed by       must be rejected
                                 secret_manager  forged
        ✗ service_8    validate  REJECTED        rejected
          signed by secret_manager: status 401
        ✗ service_58   validate  REJECTED        rejected
          signed by secret_manager: status 401
        ✗ service_108  validate  REJECTED        rejected
          signed by secret_manager: status 401
        ✗ service_158  validate  REJECTED        rejected
          signed by secret_manager: status 401
        ✓ 195 other probes accept and reject what they should: service_1, service_2,
          service_3, service_4, service_5, … (-v lists them)

      WHY
        ✗ ERROR stale-secret-version
          service_8 still holds version 6; the reference is at version 7.
            fingerprint: 9b1c0f2e
            created at: 2026-01-01T00:00:00Z
          fix: Restart or redeploy service_8, so that it reads version 7.
          more: jwtcheck explain stale-secret-version
          likewise:
            service_58 still holds version 6; the reference is at version 7.
            service_108 still holds version 6; the reference is at version 7.
            service_158 still holds version 6; the reference is at version 7.
      "
    `);
  });

  it('folds many signers into what matters', () => {
    const signers = ['secret_manager', 'a_service', 'b_service', 'c_service', 'd_service'];
    const attempts = signers.flatMap((minter) => [
      anAttempt('auth_service', 'genuine', { minter }),
      anAttempt('backend_service', 'genuine', {
        minter,
        ...(minter === 'c_service' ? { result: 'rejected', detail: 'status 401' } : {}),
      }),
    ]);
    const c = aParticipant('c_service');
    const report = aReport({
      verdict: 'inconsistent',
      participants: [secretManager, authService, backendService, c],
      attempts,
    });
    expect(printed(report)).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT  staging: backend_service rejects valid tokens (validate)
                      alert level CRITICAL, 412 ms, exit code 1

      PARTICIPANTS         SECRET               READ FROM                 ROLE
        ✓ secret_manager   200718bd  reference  google-secret-manager v7  reference
        ✓ auth_service     200718bd  same       http                      issuer
        ✓ backend_service  200718bd  same       http                      verifier
        ✓ c_service        200718bd  same       http                      verifier

      TOKENS                         signed by
                                     secret_manager  c_service  3 others
        ✓ auth_service     validate  accepted        accepted   accepted
        ✗ backend_service  validate  accepted        REJECTED   accepted
          signed by c_service: status 401
      "
    `);
  });

  it('tells of many controls in one column where they do not fit', () => {
    const attempts = [backendService, authService].flatMap(({ name }) => [
      anAttempt(name, 'genuine'),
      anAttempt(name, 'genuine', { minter: 'auth_service' }),
      ...standardControls.map((control) =>
        anAttempt(name, control, {
          result: name === 'auth_service' || control === 'expired' ? 'rejected' : 'accepted',
          detail: 'status 200',
        }),
      ),
    ]);
    const report = aReport({ verdict: 'inconsistent', level: 'EMERGENCY', attempts });
    expect(printed(report)).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT  staging: backend_service accepts forged, missing, unsigned and
                      tampered tokens
                      alert level EMERGENCY, 412 ms, exit code 1

      PARTICIPANTS         SECRET               READ FROM                 ROLE
        ✓ secret_manager   200718bd  reference  google-secret-manager v7  reference
        ✓ auth_service     200718bd  same       http                      issuer
        ✓ backend_service  200718bd  same       http                      verifier
        ✓ test_framework   200718bd  same       env JWT_SECRET_STAGING    other

      TOKENS                         signed by                     must be rejected
                                     secret_manager  auth_service  5 kinds
        ✓ auth_service     validate  accepted        accepted      all rejected
        ✗ backend_service  validate  accepted        accepted      4 of 5 ACCEPTED
          forged, missing, unsigned, tampered: status 200
      "
    `);
  });

  it('fits 40 columns; commands are never wrapped', () => {
    expect(printed(fallback, { columns: 40 })).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT
        staging: test_framework differs from
        secret_manager
        alert level WARNING, 412 ms, exit code
        1

      PARTICIPANTS         SECRET
        ✓ secret_manager   200718bd  reference
          google-secret-manager v7
        ✓ auth_service     200718bd  same
          http
        ✓ backend_service  200718bd  same
          http
        ✗ test_framework   5c1fa0de  DIFFERS
          env fallback

      TOKENS
        ✓ auth_service validate
          accepted: signed by secret_manager
          rejected: signed by test_framework,
          forged, missing
        ✓ backend_service http
          accepted: signed by secret_manager
          rejected: signed by test_framework,
          forged, missing
        ✓ backend_service websocket
          accepted: signed by secret_manager
          rejected: signed by test_framework,
          forged, missing

      WHY
        ✗ ERROR hardcoded-fallback
          test_framework uses the fallback
          that is written into its code, for
          none of its variables is set.
            fingerprint: 5c1fa0de
            known from: knownFallbacks.0
          fix: Take it from secret_manager
               where test_framework runs:
                 export JWT_SECRET_STAGING="$(gcloud secrets versions access 7 --secret=jwt-secret-staging --project=netra-staging)"
          more: jwtcheck explain
          hardcoded-fallback
      "
    `);
  });

  it('uses the room of 200 columns', () => {
    expect(printed(websocketOnly, { columns: 200 })).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT  staging: backend_service rejects valid tokens (websocket)
                      USD 50,000 a month at risk: backend_service (WebSocket sign-in)
                      alert level CRITICAL, 412 ms, exit code 1

      PARTICIPANTS         SECRET               READ FROM                 ROLE        TIME
        ✓ secret_manager   200718bd  reference  google-secret-manager v7  reference  88 ms
        ✓ auth_service     200718bd  same       http                      issuer     12 ms
        ✓ backend_service  200718bd  same       http                      verifier   12 ms
        ✓ test_framework   200718bd  same       env JWT_SECRET_STAGING    other       0 ms

      TOKENS                          signed by       must be rejected
                                      secret_manager  forged    missing
        ✓ auth_service     validate   accepted        rejected  rejected
        ✓ backend_service  http       accepted        rejected  rejected
        ✗ backend_service  websocket  REJECTED        rejected  rejected
          signed by secret_manager: closed with 1008 "VALIDATION_FAILED" after 31 ms

      WHY
        ✗ ERROR websocket-only-rejection
          backend_service accepts a valid token over HTTP and rejects it over WebSocket.
            accepts: http: status 200
            refuses: websocket: closed with 1008 "VALIDATION_FAILED" after 31 ms
          fix: Look at where the WebSocket of backend_service reads its secret, and at the proxy before it: does the token arrive?
          more: jwtcheck explain websocket-only-rejection
      "
    `);
  });

  it('tells everything with -v', () => {
    expect(printed(unreachable, { verbose: true })).toMatchInlineSnapshot(`
      "
      ? INCONCLUSIVE  staging: backend_service cannot be read
                      alert level WARNING, 412 ms, exit code 3

      PARTICIPANTS         SECRET               READ FROM                 ROLE
        ✓ secret_manager   200718bd  reference  google-secret-manager v7  reference
        ✓ auth_service     200718bd  same       http                      issuer
        ? backend_service  -         unread     http: timeout             verifier
          timeout: no answer from https://api.example.com/internal/jwt-fingerprint
          within 5 s
        ✓ test_framework   200718bd  same       env JWT_SECRET_STAGING    other

      TOKENS                          signed by       must be rejected
                                      secret_manager  forged    missing
        ✓ auth_service     validate   accepted        rejected  rejected
          signed by secret_manager, access: accepted, status 200, 7 ms
          forged: rejected, status 401, 7 ms
          missing: rejected, status 401, 7 ms
        ? backend_service  websocket  inconclusive    -         -
          signed by secret_manager, access: inconclusive, 7 ms: no answer within 5 s

      WHY
        ? WARNING participant-unreachable
          backend_service could not be read: no answer from
          https://api.example.com/internal/jwt-fingerprint within 5 s.
            error: timeout
            required: true
            partly: false
          fix: Bring backend_service up, or pass --allow-unreachable backend_service.
          more: jwtcheck explain participant-unreachable
      "
    `);
    expect(printed(many, { verbose: true })).not.toContain('-v lists them');
    expect(printed(many, { verbose: true })).toContain('service_199');
  });

  it('tells only the verdict and the findings with -q', () => {
    expect(printed(websocketOnly, { quiet: true })).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT  staging: backend_service rejects valid tokens (websocket)
        ✗ websocket-only-rejection: backend_service accepts a valid token over HTTP
          and rejects it over WebSocket.
      "
    `);
    expect(printed(aReport(), { quiet: true })).toMatchInlineSnapshot(`
      "
      ✓ CONSISTENT  staging: all 4 participants hold the same secret
      "
    `);
  });

  it('says why the exit code is 1 where all agree', () => {
    const report = aReport({
      exitCode: 1,
      attempts: [],
      findings: [
        aFinding('published-default', {
          severity: 'critical',
          message: 'All hold a secret that anybody can look up.',
          steps: stepsIn('Replace it now:\n  openssl rand -base64 48'),
        }),
      ],
    });
    expect(printed(report)).toMatchInlineSnapshot(`
      "
      ✗ CONSISTENT, INFO  staging: All hold a secret that anybody can look up; all 4
                          participants hold the same secret
                          alert level INFO, 412 ms, exit code 1 because of a finding
                          (--fail-on)

      PARTICIPANTS         SECRET               READ FROM                 ROLE
        ✓ secret_manager   200718bd  reference  google-secret-manager v7  reference
        ✓ auth_service     200718bd  same       http                      issuer
        ✗ backend_service  200718bd  PUBLISHED  http                      verifier
        ✓ test_framework   200718bd  same       env JWT_SECRET_STAGING    other

      FINDINGS
        ✗ CRITICAL published-default
          All hold a secret that anybody can look up.
          fix: Replace it now:
                 openssl rand -base64 48
          more: jwtcheck explain published-default
      "
    `);
  });

  it('shows hostile names as what they are', () => {
    const hostile = '\u001b[2J\u202eadmin\n✓ CONSISTENT';
    const report = aReport({
      verdict: 'inconsistent',
      environment: '<b>staging</b>\u009b31m',
      participants: [secretManager, aParticipant(hostile, { fingerprint: '9b1c0f2e', agrees: false })],
      attempts: [anAttempt(hostile, 'genuine', { result: 'rejected', detail: 'a\r\nb' })],
      findings: [aFinding('fingerprint-mismatch', { message: `${hostile} differs.` })],
    });
    expect(printed(report)).toMatchInlineSnapshot(`
      "
      ✗ INCONSISTENT  <b>staging</b>\\u009b31m: \\u001b[2J\\u202eadmin\\n✓ CONSISTENT
                      differs from secret_manager
                      alert level CRITICAL, 412 ms, exit code 1

      PARTICIPANTS                       SECRET               READ FROM
        ✓ secret_manager                 200718bd  reference  google-secret-manager v7
        ✗ \\u001b[2J\\u202eadmin\\n✓ CONS…  9b1c0f2e  DIFFERS    http

      TOKENS                                          signed by
                                                      secret_manager
        ✗ \\u001b[2J\\u202eadmin\\n✓ CONSIST…  validate  REJECTED
          signed by secret_manager: a\\r\\nb

      WHY
        ✗ ERROR fingerprint-mismatch
          \\u001b[2J\\u202eadmin\\n✓ CONSISTENT differs.
          fix: Give backend_service the secret of secret_manager, then restart it.
          more: jwtcheck explain fingerprint-mismatch
      "
    `);
  });

  it('paints with the sixteen colours, where asked to', () => {
    const report = aReport({
      verdict: 'inconsistent',
      participants: [secretManager, { ...backendService, agrees: false, fingerprint: '9b1c0f2e' }],
      attempts: [anAttempt('backend_service', 'genuine', { result: 'rejected' })],
      findings: [aFinding('fingerprint-mismatch', { steps: stepsIn('Do:\n  this') })],
    });
    expect(JSON.stringify(printed(report, { color: true }))).toMatchInlineSnapshot(
      `""\\n\\u001b[31m\\u001b[1m✗ INCONSISTENT\\u001b[22m\\u001b[39m\\u001b[1m  staging: backend_service differs from secret_manager\\u001b[22m\\n\\u001b[2m                alert level CRITICAL, 412 ms, exit code 1\\u001b[22m\\n\\n\\u001b[1mPARTICIPANTS\\u001b[22m         \\u001b[1mSECRET\\u001b[22m               \\u001b[1mREAD FROM\\u001b[22m                 \\u001b[1mROLE\\u001b[22m\\n  \\u001b[32m✓\\u001b[39m secret_manager   200718bd  reference  google-secret-manager v7  \\u001b[2mreference\\u001b[22m\\n  \\u001b[31m\\u001b[1m✗\\u001b[22m\\u001b[39m backend_service  \\u001b[31m\\u001b[1m9b1c0f2e\\u001b[22m\\u001b[39m  \\u001b[31m\\u001b[1mDIFFERS\\u001b[22m\\u001b[39m    http                      \\u001b[2mverifier\\u001b[22m\\n\\u001b[2m    accepts 200718bd too\\u001b[22m\\n\\n\\u001b[1mTOKENS\\u001b[22m                         \\u001b[2msigned by\\u001b[22m\\n                               \\u001b[2msecret_manager\\u001b[22m\\n  \\u001b[31m\\u001b[1m✗\\u001b[22m\\u001b[39m backend_service  \\u001b[2mvalidate\\u001b[22m  \\u001b[31m\\u001b[1mREJECTED\\u001b[22m\\u001b[39m\\n\\u001b[2m    signed by secret_manager: status 200\\u001b[22m\\n\\n\\u001b[1mWHY\\u001b[22m\\n  \\u001b[31m\\u001b[1m✗ ERROR fingerprint-mismatch\\u001b[22m\\u001b[39m\\n    backend_service holds another secret than secret_manager.\\n    \\u001b[1mfix:\\u001b[22m Do:\\n           \\u001b[36mthis\\u001b[39m\\n\\u001b[2m    more: jwtcheck explain fingerprint-mismatch\\u001b[22m\\n""`,
    );
  });
});
