import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planFix } from '../../src/fix/plan-fix.js';
import { changedParts, isSamePlan } from '../../src/fix/plan-hash.js';
import type { KnownParticipant, KnownStore, PlanInput } from '../../src/fix/plan-input.js';
import type { Finding, Report } from '../../src/model.js';
import { anyReport } from '../support/arbitrary-reports.js';
import { runs } from '../support/random.js';
import { aFinding, aParticipant, aReport } from '../support/reports.js';

const right = '200718bd';
const store: KnownStore = {
  follows: 'latest',
  etag: '"e1"',
  newest: 7,
  last: 7,
  aliases: new Map(),
  copies: new Map(),
};
const rollout = { argv: ['restart', 'backend'], digest: 'd1', timeoutMs: 1000 };
const service: KnownParticipant = {
  source: 'http',
  isService: true,
  yieldsSecret: false,
  rollout,
  file: null,
};
const held: KnownParticipant = {
  source: 'env',
  isService: false,
  yieldsSecret: true,
  rollout: null,
  file: null,
};
const entry: KnownParticipant = {
  ...held,
  source: 'file',
  isService: false,
  file: { path: '.env', key: 'KEY', identity: '1 2', obstacle: null },
};

const known = (changes: Partial<PlanInput> = {}, backend: KnownParticipant = service): PlanInput => ({
  configuration: 'c1',
  rotation: { is: 'none' },
  store,
  allowsCommands: true,
  participants: new Map([
    ['secret_manager', { ...held, source: 'google-secret-manager' }],
    ['backend_service', backend],
    ['auth_service', service],
    ['tests', held],
  ]),
  ...changes,
});

const report = (findings: readonly Finding[], changes: Partial<Report> = {}): Report =>
  aReport({
    verdict: 'inconsistent',
    exitCode: 1,
    level: 'CRITICAL',
    reference: { participant: 'secret_manager', fingerprint: right, version: '7' },
    participants: [
      aParticipant('secret_manager', { role: 'reference', version: '7' }),
      aParticipant('backend_service', { fingerprint: '11111111', agrees: false }),
      aParticipant('auth_service', { fingerprint: '11111111', agrees: false }),
      aParticipant('tests', { fingerprint: '11111111', agrees: false }),
    ],
    findings,
    ...changes,
  });

const stale = (evidence: Finding['evidence'] = {}): Finding =>
  aFinding('stale-secret-version', {
    evidence: { version: '6', current: '7', fingerprint: '11111111', ...evidence },
  });
const replicas = (evidence: Finding['evidence']): Finding => aFinding('replicas-disagree', { evidence });
const newline = (evidence: Finding['evidence'] = {}): Finding =>
  aFinding('trailing-newline', {
    participants: ['backend_service', 'auth_service', 'tests'],
    evidence: { fingerprint: '11111111', distorted: 'secret_manager', without: 'without "\\n"', ...evidence },
  });

/** The kinds of the planned actions, and otherwise the reasons. */
function outcome(
  findings: readonly Finding[],
  more: PlanInput = known(),
  changes: Partial<Report> = {},
): string[] {
  const plan = planFix(report(findings, changes), more);
  if (plan.refusal !== null) return [plan.refusal.is];
  return [
    ...plan.actions.map((one) => one.do),
    ...plan.findings.flatMap((one) => one.reasons.map(({ is }) => is)),
  ];
}

const withStore = (changes: Partial<KnownStore>): PlanInput => known({ store: { ...store, ...changes } });

describe('a plan', () => {
  it.each<[string, string[], string[]]>([
    ['a stale version', outcome([stale()]), ['rollout']],
    ['… that is changed as well', outcome([stale({ steps: ['trailing-newline'] })]), ['not-proved']],
    ['… that is only probable', outcome([stale({ probably: true })]), ['not-proved']],
    ['… of another current version', outcome([stale({ current: '8' })]), ['not-proved']],
    ['… while a newer version is enabled', outcome([stale()], withStore({ newest: 8 })), ['not-proved']],
    ['… while the latest version is disabled', outcome([stale()], withStore({ last: 8 })), ['not-proved']],
    [
      '… under an alias',
      outcome([stale()], withStore({ aliases: new Map([['current', 6]]) })),
      ['not-proved'],
    ],
    ['… beside an alias', outcome([stale()], withStore({ aliases: new Map([['current', 7]]) })), ['rollout']],
    ['… without a rollout', outcome([stale()], known({}, { ...service, rollout: null })), ['no-rollout']],
    ['… of a variable', outcome([stale()], known({}, { ...held, rollout })), ['not-automatic']],
    [
      '… of a store',
      outcome([stale()], known({}, { ...held, source: 'google-secret-manager', isService: false, rollout })),
      ['not-automatic'],
    ],
    [
      '… of a pinned fingerprint',
      outcome([stale()], known({}, { ...service, source: 'pinned', isService: false })),
      ['not-automatic'],
    ],
    [
      '… of a service without a source',
      outcome([stale()], known({}, { ...service, source: null, isService: false })),
      ['rollout'],
    ],
    ['… with --no-commands', outcome([stale()], known({ allowsCommands: false })), ['no-commands']],
    [
      '… that is pinned',
      outcome([stale(), aFinding('pinned-to-other-version', { severity: 'warning' })]),
      ['pinned', 'not-automatic'],
    ],
    [
      'replicas with the reference among them',
      outcome([replicas({ fingerprints: { [right]: 2, '11111111': 3 } })]),
      ['rollout'],
    ],
    [
      '… with an older version',
      outcome([
        replicas({
          fingerprints: { [right]: 2, '11111111': 3 },
          known: { '11111111': 'version 6' },
          older: { '11111111': '6' },
        }),
      ]),
      ['rollout'],
    ],
    [
      '… with a fallback',
      outcome([
        replicas({ fingerprints: { [right]: 2, '11111111': 3 }, known: { '11111111': 'knownFallbacks[0]' } }),
      ]),
      ['not-proved'],
    ],
    ['… by their tokens', outcome([replicas({ signers: { [right]: 2, 'an unknown one': 3 } })]), ['rollout']],
    [
      '… without the reference',
      outcome([replicas({ fingerprints: { '22222222': 2, '11111111': 3 } })]),
      ['not-proved'],
    ],
    ['… that only answer differently', outcome([replicas({ accepted: 1, rejected: 2 })]), ['not-proved']],
    ['a reference with a newline', outcome([newline()]), ['new-version']],
    [
      '… by an encoding that services may decode',
      outcome([newline({ steps: ['base64-not-decoded', 'trailing-newline'] })]),
      ['not-proved'],
    ],
    [
      '… by another change',
      outcome([newline({ steps: ['truncated-length', 'trailing-newline'] })]),
      ['not-automatic'],
    ],
    ['… only probably', outcome([newline({ probably: true })]), ['not-proved']],
    [
      '… that cannot be undone',
      outcome([
        aFinding('trailing-newline', {
          participants: ['backend_service', 'tests'],
          evidence: { fingerprint: '11111111', distorted: 'secret_manager' },
        }),
      ]),
      ['not-proved'],
    ],
    [
      '… that one participant differs from',
      outcome([{ ...newline(), participants: ['backend_service'] }]),
      ['not-proved'],
    ],
    [
      '… that another participant agrees with',
      outcome([newline()], known(), { participants: [...report([]).participants, aParticipant('x')] }),
      ['not-proved'],
    ],
    ['… that is pinned', outcome([newline()], withStore({ follows: '7' })), ['pinned']],
    ['… that is not the newest', outcome([newline()], withStore({ newest: 8 })), ['not-proved']],
    ['… under an alias', outcome([newline()], withStore({ aliases: new Map([['current', 7]]) })), ['pinned']],
    ['… in no store', outcome([newline()], known({ store: null })), ['not-automatic']],
    ['… beside a stale version', outcome([newline(), stale()]), ['new-version', 'reference-at-fault']],
    [
      'a version that is a changed copy',
      outcome(
        [{ ...stale(), participants: ['backend_service', 'tests'] }],
        withStore({ copies: new Map([['6', ['trailing-newline']]]) }),
      ),
      ['new-version'],
    ],
    [
      '… of what one participant holds',
      outcome([stale()], withStore({ copies: new Map([['6', ['trailing-newline']]]) })),
      ['not-proved'],
    ],
    [
      '… of what a replica holds',
      outcome(
        [replicas({ fingerprints: { [right]: 2, '11111111': 3 }, older: { '11111111': '6' } })],
        withStore({ copies: new Map([['6', ['trailing-newline']]]) }),
      ),
      ['not-proved'],
    ],
    ['an entry of a file', outcome([aFinding('fingerprint-mismatch')], known({}, entry)), ['file']],
    [
      '… that agrees',
      outcome([aFinding('fingerprint-mismatch')], known({}, entry), {
        participants: [aParticipant('backend_service')],
      }),
      ['not-proved'],
    ],
    [
      '… that cannot be written',
      outcome(
        [aFinding('quotes-kept')],
        known(
          {},
          { ...entry, file: { path: '.env', key: 'KEY', identity: '1 2', obstacle: 'it is read-only' } },
        ),
      ),
      ['file-obstacle'],
    ],
    [
      '… with a published reference',
      outcome(
        [
          aFinding('fingerprint-mismatch'),
          aFinding('published-default', { severity: 'critical', participants: ['secret_manager'] }),
        ],
        known({}, entry),
      ),
      ['reference-at-fault', 'not-automatic'],
    ],
    [
      'an unexplained difference of a service',
      outcome([aFinding('fingerprint-mismatch')]),
      ['not-automatic'],
    ],
    [
      'tokens that are wrongly accepted',
      outcome([aFinding('accepts-forged-token', { severity: 'critical' })]),
      ['not-automatic'],
    ],
    [
      'an inconclusive check',
      outcome([stale()], known(), { verdict: 'inconclusive', exitCode: 3 }),
      ['inconclusive'],
    ],
    ['no reference', outcome([stale()], known(), { reference: null }), ['no-reference']],
    [
      'an open rotation',
      outcome([stale()], known({ rotation: { is: 'open', state: 'staged', id: 'r' } })),
      ['rotation-open'],
    ],
    [
      'an unknown rotation',
      outcome([stale()], known({ rotation: { is: 'unknown', message: 'm', hint: null } })),
      ['rotation-unknown'],
    ],
  ])('for %s', (_, found, wanted) => {
    expect(found).toEqual(wanted);
  });

  it('has nothing to do where all agree', () => {
    const plan = planFix(
      report([], { verdict: 'consistent', exitCode: 0 }),
      known({ rotation: { is: 'open', state: 'staged', id: 'r' } }),
    );
    expect(plan).toMatchObject({ isClean: true, refusal: null, hash: null, actions: [] });
  });

  it('restarts a participant once for two findings', () => {
    const plan = planFix(
      report([stale(), replicas({ fingerprints: { [right]: 1, '11111111': 1 } })]),
      known(),
    );
    expect(plan.actions).toHaveLength(1);
    expect(plan.findings.map(({ actions }) => actions)).toEqual([[0], [0]]);
  });
});

describe('the hash of a plan', () => {
  const base = (): [Report, PlanInput] => [report([stale(), newFinding()]), known()];
  const newFinding = (): Finding => aFinding('clock-skew', { evidence: { seconds: 3 } });
  const hashOf = ([one, more]: [Report, PlanInput]): string => planFix(one, more).hash ?? '';
  const first = hashOf(base());

  it('does not depend on times, counts and the order of findings', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 9 }), fc.boolean(), (time, count, isReversed) => {
        const findings = [stale(), replicas({ fingerprints: { [right]: count, '11111111': 10 - count } })];
        const other = { ...newFinding(), evidence: { seconds: count }, message: `${count}` };
        const all = [...findings, other];
        const made = (list: readonly Finding[], at: number) =>
          hashOf([report(list, { startedAt: new Date(at).toISOString(), durationMs: at % 1000 }), known()]);
        expect(made(isReversed ? [other, ...findings] : all, time)).toBe(
          made(
            [
              ...findings.slice(0, 1),
              replicas({ fingerprints: { [right]: 5, '11111111': 5 } }),
              newFinding(),
            ],
            0,
          ),
        );
      }),
      { numRuns: runs(100) },
    );
  });

  it.each<[string, [Report, PlanInput], string[]]>([
    [
      'the environment',
      [report([stale(), newFinding()], { environment: 'other' }), known()],
      ['the configuration'],
    ],
    ['the configuration', [base()[0], known({ configuration: 'c2' })], ['the configuration']],
    ['the etag', [base()[0], withStore({ etag: '"e2"' })], ['the reference']],
    ['an alias', [base()[0], withStore({ aliases: new Map([['current', 7]]) })], ['the reference']],
    [
      'the fingerprint',
      [
        report([stale(), newFinding()], {
          reference: { participant: 'secret_manager', fingerprint: '33333333', version: '7' },
        }),
        known(),
      ],
      ['the reference'],
    ],
    ['the evidence', [report([stale({ version: '5' }), newFinding()]), known()], ['the findings']],
    ['a finding more', [report([stale(), newFinding(), aFinding('weak-secret')]), known()], ['the findings']],
    [
      'the program',
      [base()[0], known({}, { ...service, rollout: { ...rollout, digest: 'd2' } })],
      ['what the actions would do'],
    ],
  ])('differs with %s', (_, changed, parts) => {
    const other = hashOf(changed);
    expect(isSamePlan(first, other)).toBe(false);
    expect(isSamePlan(first.slice(0, 8), other)).toBe(false);
    expect(changedParts(first, other)).toEqual(parts);
  });

  it('differs with the file', () => {
    const made = (identity: string) =>
      hashOf([
        report([aFinding('quotes-kept')]),
        known({}, { ...entry, file: { path: '.env', key: 'KEY', obstacle: null, identity } }),
      ]);
    expect(made('1 2')).toBe(made('1 2'));
    expect(isSamePlan(made('1 2'), made('1 3'))).toBe(false);
  });

  it('may be shortened', () => {
    expect(isSamePlan(first.slice(0, 8), first)).toBe(true);
    expect(isSamePlan(first.slice(0, 16), first)).toBe(true);
    expect(changedParts(first.slice(0, 16), first)).toEqual([]);
  });
});

it('is made for any report, the same each time', () => {
  fc.assert(
    fc.property(anyReport, (any) => {
      const plan = planFix(any, known());
      expect(planFix(any, known())).toEqual(plan);
      expect(plan.findings).toHaveLength(any.findings.length);
      expect(plan.hash === null).toBe(plan.actions.length === 0);
    }),
    { numRuns: runs(200) },
  );
});
