import { describe, expect, it } from 'vitest';
import { advance } from '../../../src/monitor/alerting/advance.js';
import { createMetrics } from '../../../src/monitor/metrics/metrics.js';
import { type CheckOutcome, initialState } from '../../../src/monitor/monitor-model.js';
import { anEvent, noon } from '../../support/monitor-view.js';
import {
  anAttempt,
  aParticipant,
  aReport,
  authService,
  backendService,
  secretManager,
} from '../../support/reports.js';
import { aLastRotation, aRotation, rotationOutcome } from '../../support/rotations.js';
import { outcomeOf, plainPolicy, watch } from '../../support/watching.js';

const check = { endedAt: noon, durationMs: 412 };

/** The samples of one metric, by what stands in the braces. */
async function samples(
  metrics: ReturnType<typeof createMetrics>,
  name: string,
): Promise<Record<string, number>> {
  const lines = (await metrics.text()).split('\n');
  const found = lines.flatMap((line) => {
    const [, labels = '', value] = new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`).exec(line) ?? [];
    return value === undefined ? [] : [[labels, Number(value)] as const];
  });
  return Object.fromEntries(found);
}

const inStaging = (labels: string): string => `environment="staging",${labels}`;

describe('the metrics before the first check', () => {
  it('show what was open when the monitor ended', async () => {
    const metrics = createMetrics('staging');
    metrics.started(watch('CC').state, noon);
    expect(await samples(metrics, 'jwtcheck_alert_level')).toEqual({ 'environment="staging"': 2 });
    expect(await samples(metrics, 'jwtcheck_mrr_at_risk')).toEqual({
      [inStaging('currency="EUR"')]: 50_000,
    });
    const open = await samples(metrics, 'jwtcheck_incident_open');
    expect(open[inStaging('kind="drift",level="CRITICAL"')]).toBe(1);
  });

  it('show no level if nothing was open', async () => {
    const metrics = createMetrics('staging');
    metrics.started(initialState, noon);
    expect(await samples(metrics, 'jwtcheck_alert_level')).toEqual({});
  });
});

describe('the metrics of a check', () => {
  it('say which verdict holds, and which do not', async () => {
    const metrics = createMetrics('staging');
    metrics.checked({ is: 'report', report: aReport({ verdict: 'inconsistent' }) }, check);
    expect(await samples(metrics, 'jwtcheck_verdict')).toEqual({
      [inStaging('verdict="consistent"')]: 0,
      [inStaging('verdict="inconsistent"')]: 1,
      [inStaging('verdict="inconclusive"')]: 0,
    });
    expect(await samples(metrics, 'jwtcheck_alert_level')).toEqual({ 'environment="staging"': 2 });
    expect(await samples(metrics, 'jwtcheck_checks_total')).toEqual({
      [inStaging('verdict="consistent"')]: 0,
      [inStaging('verdict="inconsistent"')]: 1,
      [inStaging('verdict="inconclusive"')]: 0,
    });
    expect(await samples(metrics, 'jwtcheck_last_check_timestamp_seconds')).toEqual({
      'environment="staging"': noon.getTime() / 1000,
    });
  });

  it('never show a failed check as the good one before it', async () => {
    const metrics = createMetrics('staging');
    metrics.checked({ is: 'report', report: aReport() }, check);
    metrics.checked({ is: 'failed', environment: 'staging', message: 'no memory' }, check);
    expect(await samples(metrics, 'jwtcheck_verdict')).toEqual({
      [inStaging('verdict="consistent"')]: 0,
      [inStaging('verdict="inconsistent"')]: 0,
      [inStaging('verdict="inconclusive"')]: 1,
    });
    expect(await samples(metrics, 'jwtcheck_alert_level')).toEqual({ 'environment="staging"': 1 });
    for (const name of ['jwtcheck_participant_up', 'jwtcheck_participant_agrees', 'jwtcheck_mrr_at_risk'])
      expect(await samples(metrics, name), name).toEqual({});
  });

  it('have no sample where it is unknown', async () => {
    const metrics = createMetrics('staging');
    const away = aParticipant('away', { reachable: false, fingerprint: null, agrees: null });
    const other = aParticipant('other', { fingerprint: 'ffffffff', agrees: false });
    metrics.checked({ is: 'report', report: aReport({ participants: [secretManager, away, other] }) }, check);
    expect(await samples(metrics, 'jwtcheck_participant_up')).toEqual({
      [inStaging('participant="secret_manager"')]: 1,
      [inStaging('participant="away"')]: 0,
      [inStaging('participant="other"')]: 1,
    });
    expect(await samples(metrics, 'jwtcheck_participant_agrees')).toEqual({
      [inStaging('participant="secret_manager"')]: 1,
      [inStaging('participant="other"')]: 0,
    });
  });

  it('count attempts, and lose the series of a participant that left', async () => {
    const metrics = createMetrics('staging');
    const both = aReport({
      participants: [secretManager, authService, backendService],
      attempts: [anAttempt('auth_service', 'genuine'), anAttempt('backend_service', 'forged')],
    });
    metrics.checked({ is: 'report', report: both }, check);
    metrics.checked({ is: 'report', report: both }, check);
    const labels = (name: string, token: string, result: string): string =>
      `environment="staging",participant="${name}",probe="validate",token="${token}",result="${result}"`;
    expect(await samples(metrics, 'jwtcheck_attempts_total')).toEqual({
      [labels('auth_service', 'genuine', 'accepted')]: 2,
      [labels('backend_service', 'forged', 'rejected')]: 2,
    });
    const one = aReport({
      participants: [secretManager, authService],
      attempts: [anAttempt('auth_service', 'genuine')],
    });
    metrics.checked({ is: 'report', report: one }, check);
    expect(await samples(metrics, 'jwtcheck_attempts_total')).toEqual({
      [labels('auth_service', 'genuine', 'accepted')]: 3,
    });
    expect(await metrics.text()).not.toContain('backend_service');
    expect(await samples(metrics, 'jwtcheck_attempt_duration_seconds_count')).toEqual({
      'environment="staging"': 5,
    });
    expect(await samples(metrics, 'jwtcheck_check_duration_seconds_sum')).toEqual({
      'environment="staging"': expect.closeTo(1.236),
    });
  });

  it('hold no fingerprint, and keep hostile names inside their quotes', async () => {
    const metrics = createMetrics('staging');
    const hostile = aParticipant('a"} 1\njwtcheck_verdict{x="', { fingerprint: 'deadbeef' });
    metrics.checked(
      { is: 'report', report: aReport({ participants: [secretManager, hostile], attempts: [] }) },
      check,
    );
    const text = await metrics.text();
    expect(text).not.toMatch(/200718bd|deadbeef/);
    expect(text.split('\n').filter((line) => line.startsWith('jwtcheck_verdict'))).toHaveLength(3);
    expect(text).toContain('participant="a\\"} 1\\njwtcheck_verdict{x=\\""} 1');
  });

  it('are those of the contract, and none besides', async () => {
    const metrics = createMetrics('staging');
    metrics.checked({ is: 'report', report: aReport() }, check);
    const before = await samples(metrics, 'jwtcheck_events_total');
    expect(before[inStaging('type="drift-detected",level="CRITICAL"')]).toBe(0);
    metrics.event(anEvent());
    metrics.notifying(['slack', 'webhook']);
    metrics.notified('slack', 'sent');
    metrics.notified('slack', 'given-up');
    const types = [...(await metrics.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(
      ([, name, type]) => `${name} ${type}`,
    );
    expect(types.sort()).toEqual([
      'jwtcheck_alert_level gauge',
      'jwtcheck_attempt_duration_seconds histogram',
      'jwtcheck_attempts_total counter',
      'jwtcheck_build_info gauge',
      'jwtcheck_check_duration_seconds histogram',
      'jwtcheck_checks_total counter',
      'jwtcheck_config_reload_success gauge',
      'jwtcheck_events_total counter',
      'jwtcheck_incident_open gauge',
      'jwtcheck_last_check_timestamp_seconds gauge',
      'jwtcheck_mrr_at_risk gauge',
      'jwtcheck_notifications_pending gauge',
      'jwtcheck_notifications_total counter',
      'jwtcheck_notifier_failing gauge',
      'jwtcheck_participant_agrees gauge',
      'jwtcheck_participant_required gauge',
      'jwtcheck_participant_up gauge',
      'jwtcheck_remediations_total counter',
      'jwtcheck_rotation_age_seconds gauge',
      'jwtcheck_rotation_state gauge',
      'jwtcheck_verdict gauge',
      'jwtcheck_writes_skipped_total counter',
      'process_cpu_seconds_total counter',
      'process_open_fds gauge',
      'process_resident_memory_bytes gauge',
      'process_start_time_seconds gauge',
    ]);
    expect(await samples(metrics, 'jwtcheck_events_total')).toEqual({
      ...before,
      [inStaging('type="drift-detected",level="CRITICAL"')]: 1,
    });
    expect(await samples(metrics, 'jwtcheck_notifications_total')).toEqual({
      'notifier="slack",result="sent"': 1,
      'notifier="slack",result="given-up"': 1,
      'notifier="webhook",result="sent"': 0,
      'notifier="webhook",result="given-up"': 0,
    });
  });

  it('follow what is open as well as the last check: a culprit that crashes heals nothing', async () => {
    const metrics = createMetrics('staging');
    const level = () => samples(metrics, 'jwtcheck_alert_level');
    const { state } = watch('CC');
    metrics.checked(outcomeOf('b'), check, state);
    expect(await level()).toEqual({ 'environment="staging"': 2 });
    expect(await samples(metrics, 'jwtcheck_mrr_at_risk')).toEqual({ [inStaging('currency="USD"')]: 50_000 });
    metrics.checked(outcomeOf('F'), check, state);
    expect(await level()).toEqual({ 'environment="staging"': 2 });
    expect(await samples(metrics, 'jwtcheck_mrr_at_risk')).toEqual({ [inStaging('currency="EUR"')]: 50_000 });
    metrics.checked(outcomeOf('E'), check, state);
    expect(await level()).toEqual({ 'environment="staging"': 3 });
    metrics.checked(outcomeOf('G'), check, watch('CCGG').state);
    expect(await level()).toEqual({ 'environment="staging"': 0 });
  });

  it('have the level of a published secret, whatever the report says', async () => {
    const metrics = createMetrics('staging');
    metrics.checked(outcomeOf('H'), check, watch('H').state);
    expect(await samples(metrics, 'jwtcheck_alert_level')).toEqual({ 'environment="staging"': 2 });
  });

  it('show every open incident by its kind', async () => {
    const metrics = createMetrics('staging');
    const open = async (letters: string) => {
      metrics.checked(outcomeOf(letters.slice(-1)), check, watch(letters).state);
      const found = await samples(metrics, 'jwtcheck_incident_open');
      return Object.entries(found).filter(([, count]) => count > 0);
    };
    expect(await open('G')).toEqual([]);
    expect(Object.keys(await samples(metrics, 'jwtcheck_incident_open'))).toHaveLength(6);
    expect(await open('CC')).toEqual([[inStaging('kind="drift",level="CRITICAL"'), 1]]);
    expect(await open('dd')).toEqual([[inStaging('kind="unreachable",level="WARNING"'), 2]]);
    expect(await open('CCFF')).toEqual([
      [inStaging('kind="drift",level="CRITICAL"'), 1],
      [inStaging('kind="monitor",level="WARNING"'), 1],
    ]);
    expect(await open('CCGG')).toEqual([]);
  });

  it('follow the open rotation; one that is not known to be over is open', async () => {
    const metrics = createMetrics('staging');
    let state = initialState;
    const shown = async (outcome: CheckOutcome) => {
      ({ state } = advance(state, outcome, plainPolicy, noon));
      metrics.checked(outcome, check, state);
      const states = await samples(metrics, 'jwtcheck_rotation_state');
      expect(Object.keys(states)).toHaveLength(4);
      const holding = Object.entries(states).filter(([, value]) => value === 1);
      return [
        holding.map(([labels]) => labels).join(),
        (await samples(metrics, 'jwtcheck_rotation_age_seconds'))['environment="staging"'],
        (await samples(metrics, 'jwtcheck_incident_open'))[inStaging('kind="rotation",level="WARNING"')],
      ];
    };
    const promoted = rotationOutcome({ rotation: aRotation({ state: 'promoted' }) });
    const stalled = rotationOutcome({ rotation: aRotation({ state: 'promoted' }) }, true);
    expect(await shown(rotationOutcome())).toEqual([inStaging('state="idle"'), undefined, 0]);
    expect(await shown(promoted)).toEqual([inStaging('state="promoted"'), 3600, 0]);
    expect(await shown(outcomeOf('F'))).toEqual([inStaging('state="promoted"'), 3600, 0]);
    expect(await shown(stalled)).toEqual([inStaging('state="promoted"'), 3600, 1]);
    expect(await shown(rotationOutcome({ lastRotation: aLastRotation() }))).toEqual([
      inStaging('state="idle"'),
      undefined,
      0,
    ]);
  });

  it('tell an optional participant from one that must answer', async () => {
    const metrics = createMetrics('staging');
    metrics.checked(outcomeOf('o'), check);
    expect(await samples(metrics, 'jwtcheck_participant_required')).toMatchObject({
      [inStaging('participant="backend_service"')]: 0,
      [inStaging('participant="auth_service"')]: 1,
    });
  });

  it('know who waits and who fails', async () => {
    const metrics = createMetrics('staging');
    metrics.notifying(['slack', 'webhook']);
    metrics.queued(
      () =>
        new Map([
          ['slack', 3],
          ['history', 9],
        ]),
    );
    metrics.failing('slack', true);
    expect(await samples(metrics, 'jwtcheck_notifications_pending')).toEqual({
      'notifier="slack"': 3,
      'notifier="webhook"': 0,
    });
    expect(await samples(metrics, 'jwtcheck_notifier_failing')).toEqual({
      'notifier="slack"': 1,
      'notifier="webhook"': 0,
    });
    metrics.notifying(['webhook']);
    expect(await samples(metrics, 'jwtcheck_notifier_failing')).toEqual({ 'notifier="webhook"': 0 });
    metrics.reloaded(false);
    metrics.skipped('state');
    expect(await samples(metrics, 'jwtcheck_config_reload_success')).toEqual({ '': 0 });
    expect(await samples(metrics, 'jwtcheck_writes_skipped_total')).toMatchObject({ 'target="state"': 1 });
  });

  it("are each monitor's own", async () => {
    const one = createMetrics('staging');
    createMetrics('production').checked({ is: 'report', report: aReport() }, check);
    expect(await one.text()).not.toContain('production');
  });
});
