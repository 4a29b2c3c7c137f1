import { describe, expect, it } from 'vitest';
import { openIncidents } from '../../../src/monitor/alerting/open-incidents.js';
import type { EventType } from '../../../src/monitor/event-types.js';
import type { HistoryRecord } from '../../../src/monitor/history/record.js';
import type { DriftEvent } from '../../../src/monitor/monitor-model.js';
import { recall } from '../../../src/monitor/state/recall.js';
import { emptyState } from '../../../src/monitor/state/state-file.js';
import { event } from '../../support/events.js';

const e = (type: EventType, incident: string, more: Partial<DriftEvent> = {}): DriftEvent =>
  event(type, { id: `${type} ${incident} ${more.at ?? ''}`, incident, environment: 'staging', ...more });

async function* records(events: readonly DriftEvent[]): AsyncGenerator<HistoryRecord> {
  for (const one of events) yield { type: 'event', at: one.at, environment: one.environment, event: one };
}

const recalled = (...events: DriftEvent[]) => recall(emptyState, 'staging', records(events));

const open = async (...events: DriftEvent[]): Promise<string[]> => {
  const { environments } = await recalled(...events);
  const state = environments.staging;
  return state === undefined ? [] : openIncidents(state).map(({ id }) => id);
};

describe('what a history knows to be open', () => {
  it('is the drift whose end it does not hold, as it was reported last and with its worst level', async () => {
    const { environments, open: last } = await recalled(
      e('drift-detected', 'a', { level: 'EMERGENCY', peak: 'EMERGENCY', since: '2026-01-01T00:00:00.000Z' }),
      e('drift-changed', 'a', { level: 'WARNING', participants: ['x'], since: '2026-01-01T00:00:00.000Z' }),
    );
    expect(environments.staging?.incident).toMatchObject({
      id: 'a',
      since: '2026-01-01T00:00:00.000Z',
      told: { level: 'WARNING', participants: ['x'] },
      peak: 'EMERGENCY',
    });
    expect(last.map(({ type }) => type)).toEqual(['drift-changed']);
  });

  it('is reported in later events by its cause, not by what an earlier event said', async () => {
    const summary = 'staging: still: it differs, for 30m, since 2026-01-31 12:00 UTC; USD 5 a month at risk';
    const { environments } = await recalled(e('drift-detected', 'a'), e('drift-reminder', 'a', { summary }));
    expect(environments.staging?.incident?.told.summary).toBe(
      'auth_service has the secret with "\\n" appended',
    );
  });

  it('is nothing that ended, that another one followed, or that is of another environment', async () => {
    expect(await open(e('drift-detected', 'a'), e('drift-resolved', 'a'))).toEqual([]);
    expect(
      await open(e('drift-detected', 'lost'), e('drift-detected', 'b'), e('drift-resolved', 'b')),
    ).toEqual([]);
    expect(await open(e('drift-detected', 'a', { environment: 'production' }))).toEqual([]);
    expect(await recalled()).toBe(emptyState);
  });

  it('is every participant that is away, alone or with others', async () => {
    const away = (incident: string, ...participants: string[]) =>
      e('participant-unreachable', incident, { participants });
    expect(
      await open(
        away('a/x', 'x'),
        away('b/y', 'y'),
        e('participant-recovered', 'a/x', { participants: ['x'] }),
      ),
    ).toEqual(['b/y']);
    // Those that were reported by themselves before keep their incident.
    const many = 'g/2026-01-31T12:00:00.000Z#unreachable';
    expect(await open(away('a/x', 'x'), away(many, 'x', 'y', 'z'))).toEqual(['a/x', many]);
    const { environments } = await recalled(away(many, 'x', 'y', 'z'));
    expect(environments.staging?.group).toMatchObject({ id: many, told: ['x', 'y', 'z'] });
    expect(Object.keys(environments.staging?.outages ?? {})).toEqual(['x', 'y', 'z']);
  });

  it('is a monitor that was degraded', async () => {
    expect(await open(e('monitor-degraded', 'm#monitor'))).toEqual(['m#monitor']);
    expect(await open(e('monitor-degraded', 'm'), e('monitor-recovered', 'm'))).toEqual([]);
  });

  it('is a rotation, in the state that was reported last', async () => {
    const enteredAt = '2026-01-31T12:00:00.000Z';
    const rotation = { id: 'r', mode: 'overlap', before: null, from: 7, to: 8, enteredAt } as const;
    const started = e('rotation-started', 'x', { level: 'INFO', rotation: { ...rotation, state: 'staged' } });
    const stalled = e('rotation-stalled', 'x', {
      level: 'WARNING',
      rotation: { ...rotation, state: 'staged' },
    });
    const finished = e('rotation-finished', 'x', { rotation: { ...rotation, state: 'finished' } });
    expect((await recalled(started)).environments.staging?.rotation).toMatchObject({
      open: { id: 'r', state: 'staged', told: 'staged', incident: 'x', stalledAt: null },
      newest: { id: 'r', state: 'staged', at: enteredAt },
    });
    expect(await open(started, stalled)).toEqual(['x']);
    expect(await recalled(started, stalled, finished)).toBe(emptyState);
  });

  it('is not asked where the state knows the environment', async () => {
    const state = await recalled(e('drift-detected', 'a'));
    expect(await recall(state, 'staging', records([e('drift-detected', 'b')]))).toBe(state);
  });
});
