import { describe, expect, it } from 'vitest';
import { remediate } from '../../../src/config/remediate-schema.js';
import type { FixPlan, Rollout } from '../../../src/fix/action.js';
import type { Incident } from '../../../src/monitor/monitor-model.js';
import { decideRemediation, isWithin, type Situation } from '../../../src/monitor/remediation/decide.js';
import { noRemediation, type Remediation } from '../../../src/monitor/remediation/remediation-model.js';

const now = new Date('2026-01-30T12:00:00Z'); // a Friday
const rollout: Rollout = {
  do: 'rollout',
  participant: 'backend',
  cause: 'stale-secret-version',
  argv: ['restart'],
  digest: 'd',
  timeoutMs: 1000,
};
const plan: FixPlan = {
  environment: 'staging',
  verdict: 'inconsistent',
  refusal: null,
  findings: [],
  actions: [
    {
      do: 'file',
      participant: 'backend',
      cause: 'stale-secret-version',
      path: '.env',
      key: 'K',
      identity: '1',
      fingerprint: '200718bd',
    },
    rollout,
  ],
  hash: '3f9a0c2b71e4d8655c07b1e9',
  unfixed: 0,
  isClean: false,
};
const incident: Incident = {
  id: 'staging/1',
  since: now.toISOString(),
  toldAt: now.toISOString(),
  peak: 'CRITICAL',
  dedupKey: 'k',
  changes: 0,
  told: {
    level: 'CRITICAL',
    participants: ['backend'],
    summary: 's',
    findings: [{ code: 'stale-secret-version', participants: ['backend'], message: 'm', remedy: 'r' }],
    impact: { currency: 'USD', mrrAtRisk: 0 },
  },
};
const tried = (changes: Partial<Remediation> = {}): Remediation => ({
  ...{ participant: 'other', cause: 'stale-secret-version', version: '7', plan: 'h', incident: 'staging/1' },
  at: new Date(now.getTime() - 60_000).toISOString(),
  ...changes,
});
const settings = remediate.parse('safe');
const decided = (changes: Partial<Situation>): boolean =>
  decideRemediation({
    ...{
      settings,
      plan,
      version: '7',
      state: { incident },
      remediation: noRemediation,
      checks: 2,
      silence: [],
      now,
    },
    ...changes,
  }) !== null;

const silence = {
  reason: 'r',
  from: '2026-01-30T11:00:00Z',
  until: '2026-01-30T13:00:00Z',
};

describe('a safe action of a monitor', () => {
  it('is begun for a confirmed finding', () => {
    const base = {
      settings,
      plan,
      version: '7',
      state: { incident },
      remediation: noRemediation,
      checks: 2,
      silence: [],
      now,
    };
    expect(decideRemediation(base)).toEqual({
      action: rollout,
      begun: {
        participant: 'backend',
        cause: 'stale-secret-version',
        version: '7',
        plan: plan.hash,
        at: now.toISOString(),
        incident: 'staging/1',
      },
    });
  });

  it.each<[string, Partial<Situation>]>([
    ['in the mode plan', { settings: remediate.parse('plan') }],
    ['by default', { settings: remediate.parse(undefined) }],
    ['in the first check', { checks: 1 }],
    ['before the incident is confirmed', { state: { incident: null } }],
    [
      'for a finding that is not confirmed',
      { state: { incident: { ...incident, told: { ...incident.told, findings: [] } } } },
    ],
    [
      'for another participant',
      {
        state: {
          incident: {
            ...incident,
            told: {
              ...incident.told,
              findings: [{ code: 'stale-secret-version', participants: ['auth'], message: '', remedy: '' }],
            },
          },
        },
      },
    ],
    ['without a plan', { plan: { ...plan, hash: null } }],
    [
      'where the plan is refused',
      { plan: { ...plan, refusal: { is: 'rotation-open', message: '', hint: '' } } },
    ],
    ['for what asks', { plan: { ...plan, actions: plan.actions.slice(0, 1) } }],
    ['while another one runs', { remediation: { ...noRemediation, running: tried() } }],
    [
      'a second time',
      {
        remediation: {
          ...noRemediation,
          tried: [tried({ participant: 'backend', at: '2025-01-01T00:00:00.000Z' })],
        },
      },
    ],
    ['after one that did not help', { remediation: { ...noRemediation, stopped: 'staging/1' } }],
    [
      'within the pause',
      { remediation: { ...noRemediation, endedAt: new Date(now.getTime() - 599_000).toISOString() } },
    ],
    [
      'more often than perHour',
      { remediation: { ...noRemediation, tried: [tried(), tried({ participant: 'third' })] } },
    ],
    [
      'out of its windows',
      { settings: remediate.parse({ mode: 'safe', windows: [{ start: '13:00', end: '14:00' }] }) },
    ],
    ['in a silence', { silence: [silence] }],
    ['in a silence of the participant', { silence: [{ ...silence, participants: ['backend'] }] }],
  ])('is not begun %s', (_, changes) => {
    expect(decided(changes)).toBe(false);
  });

  it.each<[string, Partial<Situation>]>([
    [
      'for another version of the reference',
      { remediation: { ...noRemediation, tried: [tried({ participant: 'backend', version: '6' })] } },
    ],
    [
      'after the pause',
      { remediation: { ...noRemediation, endedAt: new Date(now.getTime() - 600_000).toISOString() } },
    ],
    ['in another incident', { remediation: { ...noRemediation, stopped: 'staging/0' } }],
    [
      'an hour later',
      {
        remediation: {
          ...noRemediation,
          tried: [tried(), tried({ at: new Date(now.getTime() - 3_600_000).toISOString() })],
        },
      },
    ],
    ['in a silence of another participant', { silence: [{ ...silence, participants: ['auth'] }] }],
  ])('is begun %s', (_, changes) => {
    expect(decided(changes)).toBe(true);
  });
});

it.each([
  [[], true],
  [[{ start: '12:00', end: '12:01' }], true],
  [[{ start: '11:00', end: '12:00' }], false],
  [[{ start: '11:00', end: '13:00', days: ['sat'] as const }], false],
  [[{ start: '22:00', end: '13:00', days: ['thu'] as const }], true],
  [[{ start: '22:00', end: '13:00', days: ['fri'] as const }], false],
])('the windows %j are open at noon on Friday: %j', (windows, open) => {
  expect(isWithin(remediate.parse({ windows }).windows, now)).toBe(open);
});
