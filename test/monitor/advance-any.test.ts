import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Finding, levels, type Report } from '../../src/model.js';
import { advance } from '../../src/monitor/alerting/advance.js';
import { driftOf } from '../../src/monitor/alerting/drift.js';
import {
  type AlertPolicy,
  type CheckOutcome,
  type DriftEvent,
  type EnvironmentState,
  initialState,
  type Notification,
} from '../../src/monitor/monitor-model.js';
import { anyReport } from '../support/arbitrary-reports.js';
import { anyCharacter, runs } from '../support/random.js';
import { aParticipant, aReport } from '../support/reports.js';
import { outcomeOf, start } from '../support/watching.js';

const names = ['secret_manager', 'auth_service', 'backend_service', '__proto__'] as const;
const someNames = fc.subarray([...names]);

const someFinding: fc.Arbitrary<Finding> = fc.record({
  code: fc.constantFrom(
    'trailing-newline',
    'participant-unreachable',
    'probe-inconclusive',
    'published-default',
    'service-credentials-rejected',
    'rotation-overlap',
  ),
  severity: fc.constantFrom('info', 'warning', 'error', 'critical'),
  participants: someNames,
  message: fc.constantFrom('something is so.', 'two\nlines'),
  evidence: fc.constantFrom<Finding['evidence']>({}, { noMinter: true }, { countsAsRefused: true }),
  remedy: fc.constant('Fix it.'),
  steps: fc.constant([{ text: 'Fix it.' }]),
});

const error = { code: 'timeout', message: 'timed out' } as const;

/** Reports over a handful of names, so that the same come back. */
const someReport: fc.Arbitrary<Report> = fc
  .record({
    verdict: fc.constantFrom<Report['verdict']>('consistent', 'inconsistent', 'inconclusive'),
    exitCode: fc.constantFrom<Report['exitCode']>(0, 1, 3),
    level: fc.constantFrom(...levels),
    there: someNames,
    lost: someNames,
    required: someNames,
    source: fc.constantFrom('http', 'env', null),
    findings: fc.array(someFinding, { maxLength: 3 }),
    reference: fc.constantFrom<Report['reference']>(
      null,
      { participant: 'secret_manager', fingerprint: '200718bd', version: null },
      { participant: 'secret_manager', fingerprint: null, version: null },
    ),
  })
  .map(({ there, lost, required, source, ...rest }) =>
    aReport({
      ...rest,
      participants: there.map((name) =>
        aParticipant(name, {
          source,
          required: required.includes(name),
          ...(lost.includes(name) ? { reachable: false, fingerprint: null, agrees: null, error } : {}),
        }),
      ),
    }),
  );

const outcome: fc.Arbitrary<CheckOutcome> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...'GGGWWVUCCDYZEXHbadnropqmsxlF').map(outcomeOf) },
  { weight: 2, arbitrary: someReport.map((report): CheckOutcome => ({ is: 'report', report })) },
);

/** Checks in a row: some the same for a while, and the time from one to the next. */
const sequence = (ms: fc.Arbitrary<number>) =>
  fc
    .array(fc.tuple(outcome, fc.integer({ min: 1, max: 5 }), ms), { minLength: 1, maxLength: 16 })
    .map((runs) =>
      runs.flatMap(([what, times, step]) => Array.from({ length: times }, () => ({ what, step }))),
    );

const policy: fc.Arbitrary<AlertPolicy> = fc
  .record({
    failureThreshold: fc.integer({ min: 1, max: 4 }),
    wider: fc.integer({ min: 0, max: 3 }),
    successThreshold: fc.integer({ min: 1, max: 4 }),
    remindEvery: fc.constantFrom(0, 1, 60_000, 200_000),
    groupAbove: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ wider, ...rules }) => ({
    ...rules,
    failureWindow: rules.failureThreshold + wider,
    silence: [],
    interval: 60_000,
    scope: '',
    links: { externalUrl: 'https://m.example.com', runbookUrl: null },
  }));

const forward = fc.integer({ min: 1, max: 120_000 });

/** One check and what came of it, as seen from outside. */
interface Seen {
  readonly outcome: CheckOutcome;
  readonly kind: 'good' | 'bad' | 'neither';
  readonly at: number;
  readonly notifications: readonly Notification[];
  readonly open: number;
}

function kindOf(check: CheckOutcome): Seen['kind'] {
  if (check.is === 'failed') return 'neither';
  const { verdict, exitCode } = check.report;
  if (verdict === 'inconsistent' || exitCode === 1) return 'bad';
  return verdict === 'consistent' && exitCode === 0 ? 'good' : 'neither';
}

function openIn(state: EnvironmentState): number {
  const told = [...Object.values(state.outages), state.blindness].flatMap((o) => o?.told ?? []);
  // Participants that are reported together are one incident.
  return (state.incident === null ? 0 : 1) + new Set(told).size;
}

function seesAll(check: CheckOutcome): boolean {
  if (check.is === 'failed') return false;
  const { participants, findings, reference } = check.report;
  return (
    participants.every((p) => p.reachable && p.error === null) &&
    findings.every((f) => !['participant-unreachable', 'probe-inconclusive'].includes(f.code)) &&
    reference?.fingerprint !== null
  );
}

function follow(steps: readonly { what: CheckOutcome; step: number }[], rules: AlertPolicy): Seen[] {
  let state = initialState;
  let at = start;
  return steps.map(({ what, step }) => {
    const next = advance(state, what, rules, new Date(at));
    const seen = {
      outcome: what,
      kind: kindOf(what),
      at,
      notifications: next.notifications,
      open: openIn(next.state),
    };
    state = next.state;
    at += step;
    return seen;
  });
}

const eventsOf = (seen: readonly Seen[]): DriftEvent[] =>
  seen.flatMap(({ notifications }) => notifications.map(({ event }) => event));

const opening: readonly string[] = ['drift-detected', 'participant-unreachable', 'monitor-degraded'];
const closing: readonly string[] = ['drift-resolved', 'participant-recovered', 'monitor-recovered'];

/** Checks every sequence against what is promised. */
function always(promise: (seen: readonly Seen[], rules: AlertPolicy) => void): void {
  fc.assert(
    fc.property(sequence(forward), policy, (steps, rules) => promise(follow(steps, rules), rules)),
    { numRuns: runs(120) },
  );
}

describe('whatever happens', () => {
  it('an incident opens once, closes at most once, and is silent before and after', () => {
    always((seen) => {
      const events = eventsOf(seen);
      expect(new Set(events.map((e) => e.id)).size).toBe(events.length);
      for (const incident of new Set(events.map((e) => e.incident))) {
        const own = events.filter((e) => e.incident === incident).map((e) => e.type);
        expect(opening).toContain(own[0]);
        // What opened it is repeated by reminders, and by more participants that cannot be reached.
        const repeated = own.slice(1).filter((type) => opening.includes(type) && type !== own[0]);
        expect(repeated).toEqual([]);
        expect(own.slice(1)).not.toContain('drift-detected');
        expect(own.slice(0, -1).filter((type) => closing.includes(type))).toEqual([]);
        expect(new Set(own.map((type) => type.split('-')[0])).size).toBe(1);
      }
      const closed = events.filter((e) => closing.includes(e.type)).length;
      expect(seen.at(-1)?.open).toBe(new Set(events.map((e) => e.incident)).size - closed);
    });
  });

  it('a drift is detected at the threshold, not before and not after', () => {
    always((seen, { failureThreshold, failureWindow }) => {
      let latest: boolean[] = [];
      let open = false;
      for (const { outcome: check, kind, notifications } of seen) {
        if (kind !== 'neither') latest = [...latest, kind === 'bad'].slice(-failureWindow);
        const bad = latest.filter((isBad) => isBad).length;
        const types = notifications.map((t) => t.event.type);
        const isEmergency = check.is === 'report' && kind === 'bad' && check.report.level === 'EMERGENCY';
        const due = !open && kind === 'bad' && (bad >= failureThreshold || isEmergency);
        expect(types.includes('drift-detected')).toBe(due);
        if (due) open = true;
        if (types.includes('drift-resolved')) open = false;
        if (open || types.includes('drift-resolved')) latest = [];
      }
    });
  });

  it('only good checks in a row resolve a drift, and they always do', () => {
    always((seen, { successThreshold }) => {
      let good = 0;
      let open = false;
      for (const { kind, notifications } of seen) {
        good = kind === 'good' ? good + 1 : 0;
        const types = notifications.map((t) => t.event.type);
        if (types.includes('drift-resolved')) expect(open && good >= successThreshold).toBe(true);
        // What came back again and again must stay away for longer, up to 32 times as long.
        if (open && good >= 32 * successThreshold) expect(types).toContain('drift-resolved');
        if (types.includes('drift-detected')) open = true;
        if (types.includes('drift-resolved')) open = false;
      }
    });
  });

  it('levels change no faster than the threshold allows, and no slower', () => {
    always((seen, { failureThreshold }) => {
      let changes = 0;
      let told: DriftEvent['level'] | null = null;
      let bad = 0;
      let other = 0;
      for (const { outcome: check, kind, notifications } of seen) {
        const level = check.is === 'report' ? driftOf(check.report)?.level : undefined;
        if (kind === 'bad') bad += 1;
        if (kind === 'good') other = 0;
        // What was told of those who cannot be seen goes on.
        if (level !== undefined) other = level === told || !seesAll(check) ? 0 : other + 1;
        for (const { event } of notifications.filter((t) => t.event.type.startsWith('drift-'))) {
          if (event.type === 'drift-resolved') {
            told = null;
            changes = 0;
            continue;
          }
          if (told !== null && event.level !== told && event.level !== 'EMERGENCY')
            expect(bad).toBeGreaterThanOrEqual(failureThreshold);
          if (event.type === 'drift-reminder') expect(event.level).toBe(told);
          else [bad, other] = [0, 0];
          if (event.type === 'drift-changed') changes += 1;
          told = event.level;
        }
        // From the fifth change on they are as rare as reminders.
        if (told === null || changes >= 5) continue;
        expect(other).toBeLessThan(failureThreshold);
        if (level === 'EMERGENCY') expect(told).toBe('EMERGENCY');
      }
    });
  });

  it('reminders keep their distance', () => {
    always((seen, { remindEvery }) => {
      let last = Number.NEGATIVE_INFINITY;
      for (const { at, notifications, kind } of seen) {
        for (const { event } of notifications.filter((t) => t.event.type.startsWith('drift-'))) {
          if (event.type === 'drift-reminder') {
            expect(remindEvery).toBeGreaterThan(0);
            expect(kind).not.toBe('good');
            expect(at - last).toBeGreaterThanOrEqual(remindEvery);
          }
          last = at;
        }
      }
    });
  });

  it('nothing goes quiet', () => {
    always((seen, { failureThreshold }) => {
      const inARow = (count: number, from: number, holds: (s: Seen) => boolean) =>
        from + count <= seen.length && seen.slice(from, from + count).every(holds);
      for (const index of seen.keys()) {
        const last = seen[index + failureThreshold - 1];
        if (inARow(failureThreshold, index, (s) => s.outcome.is === 'failed'))
          expect(last?.open).toBeGreaterThan(0);
        if (inARow(2 * failureThreshold, index, (s) => s.kind !== 'good'))
          expect(seen.slice(index, index + 2 * failureThreshold).some((s) => s.open > 0)).toBe(true);
        // The same trouble in a row.
        const first = seen[index];
        if (first?.kind !== 'good' && inARow(failureThreshold, index, (s) => s.outcome === first?.outcome))
          expect(last?.open).toBeGreaterThan(0);
      }
    });
  });

  it('only required participants are reported as unreachable, and not while monitoring is degraded', () => {
    always((seen) => {
      const known = new Set<string>();
      for (const { outcome: check, notifications } of seen) {
        const types = notifications.map((t) => t.event);
        const began = types.filter((e) => e.type.startsWith('participant-') && !known.has(e.incident));
        for (const { incident } of began) known.add(incident);
        if (check.is === 'failed') expect(began).toEqual([]);
        else {
          const required = check.report.participants.filter((p) => p.required).map((p) => p.name);
          const away = types.filter((e) => e.type === 'participant-unreachable');
          expect(required).toEqual(expect.arrayContaining(away.flatMap((e) => e.participants)));
        }
      }
    });
  });

  it('a recipient that received the worst event receives the end', () => {
    always((seen) => {
      const notifications = seen.flatMap((s) => s.notifications);
      for (const { event, urgency } of notifications) {
        expect(levels.indexOf(urgency)).toBeGreaterThanOrEqual(levels.indexOf(event.level));
        if (!closing.includes(event.type)) continue;
        expect(event.level).toBe('INFO');
        const own = notifications
          .filter((t) => t.event.incident === event.incident)
          .map((t) => t.event.level);
        expect(urgency).toBe([...levels].reverse().find((level) => own.includes(level)));
      }
    });
  });

  it('times fit together, and a summary is one line', () => {
    always((seen) => {
      for (const { at, notifications } of seen) {
        for (const { event } of notifications) {
          expect(Date.parse(event.at)).toBe(at);
          expect(Date.parse(event.since) + event.durationMs).toBe(at);
          expect(event.summary).not.toMatch(/[\r\n]/);
          expect(event.incident.startsWith('staging/')).toBe(true);
        }
      }
    });
  });

  it('what is remembered is JSON, and a step that is taken again gives the same', () => {
    fc.assert(
      fc.property(sequence(forward), policy, (steps, rules) => {
        let kept = initialState;
        let stored = initialState;
        for (const [index, { what }] of steps.entries()) {
          const now = new Date(start + index * 1000);
          const next = advance(kept, what, rules, now);
          expect(advance(stored, what, rules, now)).toEqual(next);
          stored = JSON.parse(JSON.stringify(next.state));
          kept = next.state;
        }
      }),
      { numRuns: runs(60) },
    );
  });

  it('any report and any clock are survived', () => {
    const anything = fc.array(
      fc.tuple(
        fc.oneof(
          anyReport.map((report): CheckOutcome => ({ is: 'report', report })),
          fc
            .string({ unit: anyCharacter })
            .map((message): CheckOutcome => ({ is: 'failed', environment: 'staging', message })),
        ),
        fc.integer({ min: -1e10, max: 1e10 }),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(anything, policy, (steps, rules) => {
        let state = initialState;
        for (const [what, offset] of steps) {
          const next = advance(state, what, rules, new Date(start + offset));
          state = next.state;
          for (const { event } of next.notifications) {
            expect(event.durationMs).toBeGreaterThanOrEqual(0);
            expect(Date.parse(event.since)).toBeLessThanOrEqual(Date.parse(event.at));
            expect(event.summary).not.toMatch(/[\r\n\u2028\u2029\u001b\u0000]/);
            expect(event.summary.length).toBeLessThan(4000);
          }
        }
      }),
      { numRuns: runs(60) },
    );
  });
});
