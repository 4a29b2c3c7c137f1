import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { levels } from '../../src/model.js';
import { dedupKeyOf } from '../../src/notify/pagerduty.js';
import { event } from '../support/events.js';
import { startPagerDuty } from '../support/notifier-servers.js';
import { anyCharacter, runs } from '../support/random.js';
import { recipient } from './sending.js';

const routingKey = 'hunter2-0123456789-hunter2-01234';
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function service(key = routingKey) {
  const server = await startPagerDuty(routingKey);
  open.push(server);
  const url = `${server.origin}/v2/enqueue`;
  return {
    server,
    pagerduty: await recipient({ kind: 'pagerduty', routingKey: `\${KEY}`, url }, { KEY: key }),
  };
}

describe('PagerDuty', () => {
  it('has one incident from the first alert to its end', async () => {
    const { server, pagerduty } = await service();
    const detected = event('drift-detected', { id: 'event-1' });
    for (const one of [detected, event('drift-changed', { level: 'EMERGENCY' }), event('drift-reminder')])
      expect(await pagerduty.send(one, null)).toMatchObject({ ok: true });
    expect([...server.incidents]).toEqual([[detected.incident, 'triggered']]);
    expect(await pagerduty.send(event('drift-resolved'), null)).toMatchObject({ ok: true });
    expect([...server.incidents]).toEqual([[detected.incident, 'resolved']]);
    expect(server.taken[0]).toMatchSnapshot();
    expect(server.taken.at(-1)).toEqual({
      event_action: 'resolve',
      routing_key: routingKey,
      dedup_key: detected.incident,
    });
  });

  it('gets the command that carries out the plan of an alert', async () => {
    const { server, pagerduty } = await service();
    const plan = { hash: '3f9a0c2b71e4d8655c07b1e9', actions: ['Roll out auth_service'] };
    await pagerduty.send(event('drift-detected', { plan }), null);
    expect(server.taken[0]).toMatchObject({
      payload: {
        custom_details: {
          plan: 'jwtcheck fix -e staging --apply 3f9a0c2b71e4d8655c07b1e9',
          actions: ['Roll out auth_service'],
        },
      },
    });
  });

  it('receives outages and degraded monitoring as incidents of their own', async () => {
    const { server, pagerduty } = await service();
    for (const [type, incident] of [
      ['participant-unreachable', 'staging/t/auth'],
      ['monitor-degraded', 'staging/t#monitor'],
      ['participant-recovered', 'staging/t/auth'],
      ['monitor-recovered', 'staging/t#monitor'],
    ] as const)
      expect(await pagerduty.send(event(type, { incident }), null)).toMatchObject({ ok: true });
    expect([...server.incidents.values()]).toEqual(['resolved', 'resolved']);
  });

  it.each([
    ['EMERGENCY', 'critical'],
    ['CRITICAL', 'error'],
    ['WARNING', 'warning'],
    ['INFO', 'info'],
  ] as const)('hears of %s as %s', async (level, severity) => {
    const { server, pagerduty } = await service();
    await pagerduty.send(event('drift-detected', { level }), null);
    expect(server.taken).toMatchObject([{ payload: { severity } }]);
  });

  it('tells a wrong key without repeating it', async () => {
    const { pagerduty } = await service('another-key-0123456789-012345678');
    const result = await pagerduty.send(event('drift-detected'), null);
    expect(result).toMatchObject({ ok: false, final: true, error: { hint: /routingKey/ } });
    expect(JSON.stringify(result)).toContain('no integration for [secret]');
    expect(JSON.stringify(result)).not.toContain('another-key');
  });

  it('takes whatever happens', async () => {
    const { server, pagerduty } = await service();
    const wild = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 40 }),
      fc.constantFrom('', 'é'.repeat(9000), '\u{1f600}'.repeat(9000), '\u0000'.repeat(9000)),
    );
    const finding = fc.record({
      code: wild,
      message: wild,
      remedy: wild,
      participants: fc.array(wild, { maxLength: 3 }),
    });
    const changes = fc.record({
      environment: wild.filter((text) => text !== ''),
      summary: wild,
      incident: wild.filter((text) => text !== ''),
      level: fc.constantFrom(...levels),
      participants: fc.array(
        wild.filter((text) => text !== ''),
        { maxLength: 200 },
      ),
      findings: fc.array(finding, { maxLength: 60 }),
    });
    const property = fc.asyncProperty(changes, async (about) => {
      const result = await pagerduty.send(event('drift-detected', about), null);
      expect(result, server.refused.at(-1)).toMatchObject({ ok: true });
    });
    await fc.assert(property, { numRuns: runs(20) });
  });
});

describe('a deduplication key', () => {
  it('is the incident, and stays apart from others where that is too long', () => {
    expect(dedupKeyOf('staging/x')).toBe('staging/x');
    const long = 'e'.repeat(300);
    expect(dedupKeyOf(`${long}1`)).toHaveLength(255);
    expect(dedupKeyOf(`${long}1`)).not.toBe(dedupKeyOf(`${long}2`));
  });
});
