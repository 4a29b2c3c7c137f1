import { expect, it } from 'vitest';
import { remediate } from '../../../src/config/remediate-schema.js';
import type { HistoryRecord } from '../../../src/monitor/history/record.js';
import { createMetrics } from '../../../src/monitor/metrics/metrics.js';
import { openMonitor } from '../../../src/monitor/monitor.js';
import type { MonitorState } from '../../../src/monitor/monitor-model.js';
import { noRemediation } from '../../../src/monitor/remediation/remediation-model.js';
import { emptyState } from '../../../src/monitor/state/state-file.js';
import { aDriftEvent, aRemediationRecord } from '../../support/monitor-records.js';
import { outcomeOf, plainPolicy } from '../../support/watching.js';

it.each([true, false])('an action is begun and reported only if the state is saved: %j', async (isSaved) => {
  const [told, records, saved]: [string[], HistoryRecord[], MonitorState[]] = [[], [], []];
  const before: unknown[] = [];
  let began = 0;
  const running = {
    ...{ participant: 'auth_service', cause: 'stale-secret-version', version: '7', plan: 'h' },
    ...{ at: '2026-01-31T12:00:00.000Z', incident: 'i' },
  };
  const monitor = openMonitor({
    environment: 'staging',
    current: () => ({
      ...{ policy: plainPolicy, intervalMs: 60_000, freshForMs: 90_000, currency: 'USD' },
      async check() {
        const outcome = outcomeOf('W');
        if (outcome.is === 'failed') throw new Error(outcome.message);
        return outcome.report;
      },
      remediation: {
        settings: remediate.parse('safe'),
        configuration: {},
        openFixer: () => {
          throw new Error('not opened here');
        },
        remediator: {
          async checked(check) {
            before.push(check.before);
            return {
              state: { ...noRemediation, running, tried: [running] },
              unbegun: noRemediation,
              plan: null,
              notifications: [{ event: aDriftEvent({ type: 'remediation-started' }), urgency: 'CRITICAL' }],
              records: [aRemediationRecord()],
              begin: () => {
                began += 1;
              },
            };
          },
          settled: async () => {},
        },
      },
    }),
    stateFile: {
      state: emptyState,
      shown: 'state.json',
      async save(state) {
        if (!isSaved) throw new Error('disk full');
        saved.push(state);
      },
    },
    history: {
      async append(record) {
        records.push(record);
        return { ok: true, value: null };
      },
      async *read() {},
    },
    delivery: {
      add: ({ event }) => {
        told.push(event.type);
        return [];
      },
      concerned: () => [],
      pending: () => [],
    },
    metrics: createMetrics('staging'),
    now: () => new Date(),
    warn: () => {},
  });
  await monitor.cycle();
  await monitor.cycle();
  const times = isSaved ? 2 : 0;
  expect(began).toBe(times);
  expect(told.filter((type) => type === 'remediation-started')).toHaveLength(times);
  expect(records.filter(({ type }) => type === 'remediation')).toHaveLength(times);
  expect(before).toEqual([
    noRemediation,
    isSaved ? { ...noRemediation, running, tried: [running] } : noRemediation,
  ]);
});
