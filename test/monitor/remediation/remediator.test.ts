import { expect, it } from 'vitest';
import { remediate } from '../../../src/config/remediate-schema.js';
import type { Fixer } from '../../../src/fix/fixer.js';
import type { PlanInput } from '../../../src/fix/plan-input.js';
import { type Incident, initialState } from '../../../src/monitor/monitor-model.js';
import { noRemediation, type RemediationState } from '../../../src/monitor/remediation/remediation-model.js';
import { openRemediator } from '../../../src/monitor/remediation/remediator.js';
import { aFinding, aParticipant, aReport } from '../../support/reports.js';

const finding = aFinding('stale-secret-version', {
  evidence: { version: '6', current: '7', fingerprint: '11111111' },
});
const report = aReport({
  verdict: 'inconsistent',
  participants: [
    aParticipant('secret_manager', { role: 'reference', version: '7' }),
    aParticipant('backend_service', { fingerprint: '11111111', agrees: false }),
  ],
  findings: [finding],
});
const known: PlanInput = {
  configuration: 'c',
  rotation: { is: 'none' },
  store: { follows: 'latest', etag: 'e', newest: 7, last: 7, aliases: new Map(), copies: new Map() },
  allowsCommands: true,
  participants: new Map([
    [
      'backend_service',
      {
        source: 'http',
        isService: true,
        yieldsSecret: false,
        rollout: { argv: ['restart'], digest: 'd', timeoutMs: 1000 },
        file: null,
      },
    ],
  ]),
};
const at = '2026-01-31T12:00:00.000Z';
const incident: Incident = {
  ...{ id: 'staging/1', since: at, toldAt: at, peak: 'CRITICAL', dedupKey: 'k', changes: 0 },
  told: {
    ...{ level: 'CRITICAL', participants: ['backend_service'], summary: 's', findings: [finding] },
    impact: { currency: 'USD', mrrAtRisk: 0 },
  },
};

/** Checks in turn, with the state carried on; whether each began an action. */
function stage(fixer: Partial<Fixer> = {}) {
  let ran = 0;
  let state: RemediationState = noRemediation;
  let now = Date.parse(at);
  const remediator = openRemediator({ now: () => new Date(now) });
  const openFixer = (): Fixer => ({
    check: () => Promise.resolve(report),
    readPlanInput: () => Promise.resolve(known),
    carryOut: () => {
      ran += 1;
      return Promise.resolve({ ok: true, wrote: '', undo: [] });
    },
    close: () => Promise.resolve(),
    ...fixer,
  });
  return {
    remediator,
    ran: () => ran,
    async check(configuration: object, shown = report) {
      now += 60_000;
      const found = await remediator.checked({
        ...{ report: shown, before: state, incident, configuration, silence: [], openFixer },
        state: { ...initialState, incident },
        settings: remediate.parse({ mode: 'safe', pause: '3m' }),
        now: new Date(now),
      });
      state = found.state;
      return found;
    },
  };
}

it('begins nothing in the first check after the configuration changed', async () => {
  const { check } = stage();
  const [one, other] = [{}, {}];
  expect((await check(one)).begin).toBeNull();
  expect((await check(other)).begin).toBeNull();
  expect((await check(one)).begin).toBeNull();
  expect((await check(one)).begin).not.toBeNull();
});

it('judges an action by later checks: fixed at once, otherwise after the pause, and then stops', async () => {
  const { check, remediator, ran } = stage();
  const one = {};
  await check(one);
  const started = await check(one);
  expect(started.records).toMatchObject([
    { result: 'started', participant: 'backend_service', version: '7' },
  ]);
  started.begin?.();
  await remediator.settled();
  for (let count = 0; count < 2; count++) expect((await check(one)).records).toEqual([]);
  const ended = await check(one);
  expect(ended.records).toMatchObject([{ result: 'not-fixed' }]);
  expect(ended.notifications.map(({ event }) => event.type)).toEqual(['remediation-finished']);
  expect(ended.state).toMatchObject({ running: null, stopped: 'staging/1' });
  expect(ran()).toBe(1);
});

it('reports what got worse, and a program that failed', async () => {
  const failing = stage({
    carryOut: () => Promise.resolve({ ok: false, message: 'it ended with 3', hint: null }),
  });
  const one = {};
  await failing.check(one);
  (await failing.check(one)).begin?.();
  await failing.remediator.settled();
  expect((await failing.check(one)).records).toMatchObject([
    { result: 'failed', message: 'rollout of backend_service (stale-secret-version): it ended with 3' },
  ]);
  const worse = stage();
  await worse.check(one);
  (await worse.check(one)).begin?.();
  await worse.remediator.settled();
  const bad = aReport({
    ...report,
    findings: [finding, aFinding('accepts-forged-token', { severity: 'critical' })],
  });
  await worse.check(one, bad);
  await worse.check(one, bad);
  expect((await worse.check(one, bad)).records).toMatchObject([{ result: 'worse' }]);
});

it('does not wait for a store that does not answer', async () => {
  const { check } = stage({ readPlanInput: () => Promise.reject(new Error('no')) });
  expect(await check({})).toMatchObject({ plan: null, begin: null });
});
