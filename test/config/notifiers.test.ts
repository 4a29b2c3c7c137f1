import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { shownConfig } from '../../src/config/show.js';
import { ConfigError } from '../../src/errors.js';
import { namesOf } from '../../src/monitor/delivery/recipients.js';

type Notify = NonNullable<NonNullable<Config['watch']>['notify']>;

const load = (notify: Notify, options: { env?: Record<string, string>; watch?: boolean } = {}) => {
  const environments = {
    staging: { participants: { a: { source: { kind: 'env' as const, names: ['A'] } } } },
  };
  const { env = {}, watch = true } = options;
  return loadConfig({ config: { watch: { notify }, environments }, cwd: '/', env, watch });
};

const problems = async (notify: Notify, options: Parameters<typeof load>[1] = {}) => {
  const error = await load(notify, options).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof ConfigError
    ? error.problems.map(({ path, message }) => `${path}: ${message}`)
    : error;
};

const pager = { kind: 'pagerduty', routingKey: 'hunter-key-0123456789' } as const;
const amUrl = 'http://127.0.0.1:9093';

describe('notifiers', () => {
  it('are called by their kind and a number where they have no name', () => {
    const kinds = ['slack', 'slack', 'webhook', 'slack'].map((kind) => ({ kind }));
    expect(namesOf(kinds)).toEqual(['slack', 'slack-2', 'webhook', 'slack-3']);
    expect(
      namesOf([{ kind: 'slack' }, { kind: 'webhook', name: 'slack' }, { kind: 'slack', name: 'slack-2' }]),
    ).toEqual(['slack-3', 'slack', 'slack-2']);
  });

  it('have names of their own, spelled out', async () => {
    expect(
      await problems(
        [
          { ...pager, name: 'page' },
          { ...pager, name: 'page' },
          { ...pager, name: `\${N}` },
          { ...pager, name: 'output' },
          { ...pager, name: 'a b' },
        ],
        { env: { N: 'hunter2' } },
      ),
    ).toMatchInlineSnapshot(`
      [
        "watch.notify[1].name: notify[0] has the same name; choose another one",
        "watch.notify[2].name: must not contain a variable: it appears in metrics and in the history",
        "watch.notify[3].name: is reserved; choose another name",
        "watch.notify[4].name: expected up to 64 letters, digits, dots, dashes, underscores",
      ]
    `);
  });

  it('are reached over TLS, on this machine, or where that is allowed', async () => {
    const url = 'http://elsewhere.example.com/x';
    expect(
      await problems([
        { kind: 'slack', url },
        { ...pager, url },
        { kind: 'alertmanager', url },
        { kind: 'webhook', url },
        { kind: 'alertmanager', url, allowInsecure: true },
        { kind: 'webhook', url, allowInsecure: true },
        { kind: 'slack', url: amUrl },
      ]),
    ).toMatchInlineSnapshot(`
      [
        "watch.notify[0].url: plain http to another machine can be intercepted; use https://",
        "watch.notify[1].url: plain http to another machine can be intercepted; use https://",
        "watch.notify[2].url: plain http to another machine can be intercepted; use https://, or set \`allowInsecure: true\`",
        "watch.notify[3].url: plain http to another machine can be intercepted; use https://, or set \`allowInsecure: true\`",
      ]
    `);
  });

  it('have a kind that there is, and what it needs', async () => {
    expect(await problems([{ kind: 'alertmanager', url: amUrl, minimumLevel: 'INFO' }])).toBeNull();
    const wrong: unknown = [{ kind: 'slak' }, { kind: 'pagerduty' }, { kind: 'slack', url: 'x', room: 1 }];
    // @ts-expect-error: a likely mistake
    expect(await problems(wrong)).toMatchInlineSnapshot(`
      [
        "watch.notify[0].kind: unknown kind; expected \`slack\`, \`pagerduty\`, \`alertmanager\` or \`webhook\`; did you mean \`slack\`?",
        "watch.notify[1].routingKey: missing; expected text",
        "watch.notify[2].url: expected a URL with https:// or http://",
        "watch.notify[2].room: unknown key \`room\`",
      ]
    `);
  });

  it('need their variables only for watch', async () => {
    const notify: Notify = [
      { kind: 'slack', url: `\${SLACK}` },
      { ...pager, routingKey: `\${KEY}` },
    ];
    expect(await problems(notify)).toEqual([
      expect.stringMatching(/^watch\.notify\[0\]\.url: the environment variable `SLACK` is not set/),
      expect.stringMatching(/^watch\.notify\[1\]\.routingKey: the environment variable `KEY` is not set/),
    ]);
    expect((await load(notify, { watch: false })).environment).toBe('staging');
  });
});

describe('credentials of notifiers', () => {
  const slackUrl = 'https://hooks.slack.com/services/T00000000/B00000000/hunter2hunter2hunter2';
  const typed: Notify = [
    { kind: 'slack', url: slackUrl },
    pager,
    { kind: 'alertmanager', url: 'https://am.example.com/team' },
    {
      kind: 'webhook',
      url: 'https://ops.example.com/hunter2-0123456789?key=hunter2-9876543210',
      signingSecret: 'hunter-sign',
      headers: { authorization: 'Bearer hunter-bearer' },
    },
    { kind: 'slack', url: `\${SLACK}` },
    { kind: 'slack', url: `https://hooks.slack.com/services/hunter2/\${TOKEN}` },
  ];
  const env = { SLACK: 'https://hooks.slack.com/services/hunter3hunter3hunter3', TOKEN: 'hunter4' };

  it('are not shown, typed or not', async () => {
    const { tree, settings } = await load(typed, { env });
    const shown = JSON.stringify(shownConfig(tree, settings), null, 1);
    expect(shown).not.toContain('hunter');
    expect(shown).toContain('"interval": "60s"');
    expect(shownConfig(tree, settings)).toMatchObject({
      watch: {
        notify: [
          { url: 'https://hooks.slack.com/…', minimumLevel: 'WARNING' },
          { routingKey: '[hidden]', url: 'https://events.pagerduty.com/v2/enqueue' },
          { url: 'https://am.example.com/team' },
          { url: 'https://ops.example.com/…', signingSecret: '[hidden]' },
          { url: `\${SLACK}` },
          { url: 'https://hooks.slack.com/…' },
        ],
      },
    });
  });

  it('are taken out of what others say, whole and in parts', async () => {
    const { label } = await load(typed, { env });
    const said = [
      slackUrl,
      '/services/T00000000/B00000000/hunter2hunter2hunter2',
      'hunter2hunter2hunter2',
      pager.routingKey,
      'hunter2-0123456789',
      'hunter2-9876543210',
      'hunter-sign',
      'hunter-bearer',
      env.SLACK,
      'hunter3hunter3hunter3',
    ];
    for (const text of said) expect(label(`it said ${text}.`)).toBe('it said [secret].');
  });
});
