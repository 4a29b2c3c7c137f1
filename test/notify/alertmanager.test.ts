import { afterEach, describe, expect, it } from 'vitest';
import type { DriftEvent } from '../../src/monitor/monitor-model.js';
import { event } from '../support/events.js';
import { startAlertmanager } from '../support/notifier-servers.js';
import { recipient } from './sending.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function running(prefix = '') {
  const server = await startAlertmanager(prefix);
  open.push(server);
  const notifier = { kind: 'alertmanager', url: `${server.origin}${prefix}/`, minimumLevel: 'INFO' } as const;
  return { server, alertmanager: await recipient(notifier) };
}

const ok = { ok: true, value: null };

describe('Alertmanager', () => {
  it('has an alert that fires while the incident is open, and ends with it', async () => {
    const { server, alertmanager } = await running('/am');
    const detected = event('drift-detected');
    expect(await alertmanager.send(detected, null)).toEqual(ok);
    expect(server.firing()).toHaveLength(1);
    const [alert] = server.taken[0] ?? [];
    const { endsAt, ...rest } = alert ?? {};
    expect(rest).toMatchSnapshot();
    const heldMs = Date.parse(endsAt ?? '') - Date.now();
    expect(heldMs).toBeGreaterThan(200_000);
    expect(heldMs).toBeLessThanOrEqual(240_000);
    // Without a word it ends by itself.
    expect(server.firing(Date.now() + 250_000)).toEqual([]);
    expect(await alertmanager.renewal?.renew(detected)).toEqual(ok);
    expect(server.firing()).toHaveLength(1);
    expect(await alertmanager.send(event('drift-resolved'), detected)).toEqual(ok);
    expect([server.firing().length, server.ended().length]).toEqual([0, 1]);
  });

  it('has one alert at a time: another severity ends the one before', async () => {
    const { server, alertmanager } = await running();
    const detected = event('drift-detected', { level: 'WARNING' });
    const changed = event('drift-changed', { level: 'EMERGENCY', participants: ['a', 'b', 'c'] });
    await alertmanager.send(detected, null);
    await alertmanager.send(changed, detected);
    expect(server.firing().map(({ labels }) => labels.severity)).toEqual(['emergency']);
    expect(server.ended().map(({ labels }) => labels.severity)).toEqual(['warning']);
    const again = event('drift-changed', { level: 'EMERGENCY', participants: ['a'] });
    await alertmanager.send(again, changed);
    expect(server.firing()).toHaveLength(1);
    await alertmanager.send(event('drift-resolved'), again);
    expect(server.firing()).toEqual([]);
  });

  it('receives the end also where its beginning is not known', async () => {
    const { server, alertmanager } = await running();
    await alertmanager.send(event('drift-detected', { level: 'EMERGENCY' }), null);
    await alertmanager.send(event('drift-resolved'), null);
    expect([server.firing().length, server.ended().length]).toEqual([0, 1]);
  });

  it('tells drift, outages and blindness apart', async () => {
    const { server, alertmanager } = await running();
    for (const one of [
      event('drift-detected'),
      event('participant-unreachable', { participants: ['a'], level: 'WARNING' }),
      event('participant-unreachable', { participants: ['b'], level: 'WARNING' }),
      event('monitor-degraded', { participants: [], level: 'WARNING', findings: [] }),
    ])
      expect(await alertmanager.send(one, null)).toEqual(ok);
    expect(server.firing().map(({ labels }) => [labels.alertname, labels.participant])).toEqual([
      ['JwtSecretDrift', undefined],
      ['JwtParticipantUnreachable', 'a'],
      ['JwtParticipantUnreachable', 'b'],
      ['JwtcheckBlind', undefined],
    ]);
    await alertmanager.send(event('participant-recovered', { participants: ['a'] }), null);
    expect(server.firing()).toHaveLength(3);
  });

  it('has one alert for many that are unreachable, whichever they are', async () => {
    const { server, alertmanager } = await running();
    const incident = 'staging/2026-01-31T12:00:00.000Z#unreachable';
    const many = (type: DriftEvent['type'], participants: string[]) =>
      event(type, { incident, participants, level: type.endsWith('recovered') ? 'INFO' : 'WARNING' });
    const six = many('participant-unreachable', ['a', 'b', 'c', 'd', 'e', 'f']);
    const seven = many('participant-unreachable', ['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    await alertmanager.send(six, null);
    await alertmanager.send(seven, six);
    expect(server.firing().map(({ annotations }) => annotations.participants)).toEqual([
      'a, b, c, d, e, f, g',
    ]);
    await alertmanager.send(many('participant-recovered', ['a', 'b']), seven);
    expect([server.firing().length, server.ended().length]).toEqual([0, 1]);
  });

  it('keeps firing if the clock was set back', async () => {
    const { server, alertmanager } = await running();
    const since = new Date(Date.now() + 7_200_000).toISOString();
    const detected = event('drift-detected', { since, at: since });
    expect(await alertmanager.renewal?.renew(detected)).toEqual(ok);
    expect(server.firing()).toHaveLength(1);
  });

  it('tells what it could not use', async () => {
    const { server, alertmanager } = await running();
    server.instead.push((_request, response) => void response.writeHead(400).end('"invalid label set"'));
    expect(await alertmanager.send(event('drift-detected'), null)).toMatchObject({
      ok: false,
      final: true,
      error: { message: expect.stringMatching(/HTTP 400 \(invalid label set\)$/) },
    });
  });
});
