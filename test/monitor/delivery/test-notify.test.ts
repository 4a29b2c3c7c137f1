import { afterEach, describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/schema.js';
import { UsageError } from '../../../src/errors.js';
import { testNotify } from '../../../src/monitor/delivery/test-notify.js';
import { loadedWith } from '../../notify/sending.js';
import { unusedPort } from '../../support/http-server.js';
import { expectNoLeak } from '../../support/leaks.js';
import { startAlertmanager, startHook, startPagerDuty, startSlack } from '../../support/notifier-servers.js';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const key = 'hunter2-routing-key-0123456789ab';
const path = '/services/T00000000/hunter2-slack-path-0123';
const signing = 'hunter2-signing-0123456789';

async function everything() {
  const slack = await startSlack(path);
  const pagerduty = await startPagerDuty(key);
  const alertmanager = await startAlertmanager();
  const hook = await startHook(signing);
  const servers = { slack, pagerduty, alertmanager, hook };
  open.push(...Object.values(servers));
  return servers;
}

type Notify = NonNullable<NonNullable<Config['watch']>['notify']>;

async function run(notify: Notify, env: Record<string, string> = {}) {
  let out = '';
  const stdout = {
    write: async (text: string) => {
      out += text;
    },
  };
  const around = { env: {}, now: () => new Date(), signal: new AbortController().signal, stdout };
  const code = await testNotify(await loadedWith(notify, env), around);
  return { code, out };
}

describe('a test of every notifier', () => {
  it('reaches all of them, whatever their minimum level, and leaves nothing open', async () => {
    const { slack, pagerduty, alertmanager, hook } = await everything();
    const { code, out } = await run(
      [
        { kind: 'slack', url: `\${SLACK}`, minimumLevel: 'EMERGENCY' },
        { kind: 'pagerduty', routingKey: `\${KEY}`, url: `${pagerduty.origin}/v2/enqueue`, name: 'on-call' },
        { kind: 'alertmanager', url: alertmanager.origin },
        { kind: 'webhook', url: `${hook.origin}/h`, signingSecret: `\${SIGN}` },
      ],
      { SLACK: `${slack.origin}${path}`, KEY: key, SIGN: signing },
    );
    expect([code, out.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')]).toEqual([
      0,
      [
        `ok      slack         \${SLACK}`,
        'ok      on-call       http://HOST/v2/enqueue',
        'ok      alertmanager  http://HOST',
        'ok      webhook       http://HOST/…',
        '',
      ].join('\n'),
    ]);
    expect(slack.taken).toHaveLength(1);
    expect(slack.taken[0]?.text).toMatch(/TEST: .*Nothing is wrong/);
    expect([...pagerduty.incidents.values()]).toEqual(['resolved']);
    expect(pagerduty.taken).toMatchObject([{ payload: { severity: 'info' } }, { event_action: 'resolve' }]);
    expect(alertmanager.taken).toHaveLength(2);
    expect(alertmanager.firing()).toEqual([]);
    expect(alertmanager.ended()).toMatchObject([
      { labels: { environment: 'jwtcheck-test', severity: 'info' } },
    ]);
    expect(hook.taken).toHaveLength(2);
  });

  it('says which failed, and what to do, and shows no credential', async () => {
    const { slack, pagerduty } = await everything();
    const { code, out } = await run(
      [
        { kind: 'slack', url: `${slack.origin}/services/hunter2-wrong-0123456789` },
        { kind: 'slack', url: `${slack.origin}${path}` },
        { kind: 'pagerduty', routingKey: 'hunter2-wrong-key', url: `${pagerduty.origin}/v2/enqueue` },
        { kind: 'alertmanager', url: `http://127.0.0.1:${await unusedPort()}` },
      ],
      {},
    );
    expect([code, out.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')]).toMatchSnapshot();
    expectNoLeak({ out }, ['hunter2-wrong-0123456789', path, 'hunter2-wrong-key', key]);
  });

  it('is a mistake where there is none', async () => {
    await expect(run([])).rejects.toBeInstanceOf(UsageError);
  });
});
