import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { levels } from '../../src/model.js';
import { eventTypes } from '../../src/monitor/event-types.js';
import { codeBlock, messageOf, mrkdwn } from '../../src/notify/slack.js';
import { event } from '../support/events.js';
import { slackMessage, startSlack } from '../support/notifier-servers.js';
import { anyCharacter, runs } from '../support/random.js';
import { recipient } from './sending.js';

const path = '/services/T00000000/B00000000/hunter2hunter2hunter2';
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function channel() {
  const server = await startSlack(path);
  open.push(server);
  const url = `${server.origin}${path}`;
  return { server, slack: await recipient({ kind: 'slack', url: `\${SLACK}` }, { SLACK: url }) };
}

describe('a message', () => {
  it('says what happened, how severe it is, which participants it concerns and what to do', async () => {
    const { server, slack } = await channel();
    expect(await slack.send(event('drift-detected'), null)).toEqual({ ok: true, value: null });
    expect(server.refused).toEqual([]);
    expect(server.taken).toMatchSnapshot();
  });

  it.each(eventTypes)('is taken for %s', async (type) => {
    const { server, slack } = await channel();
    expect(await slack.send(event(type, { participants: [], findings: [] }), null)).toMatchObject({
      ok: true,
    });
    expect(server.taken).toHaveLength(1);
  });

  it('keeps the limits of Block Kit and escapes everything, whatever the event contains', () => {
    const wild = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...'<>&*_~`:@#|!\n\u{1f600} a'), maxLength: 60 }),
      fc.constantFrom('&'.repeat(5000), '```'.repeat(2000), '\u{1f600}'.repeat(4000), ' ', '<!channel>'),
    );
    const finding = fc.record({
      code: wild,
      message: wild,
      participants: fc.array(wild, { maxLength: 3 }),
      remedy: fc.tuple(wild, wild).map(([one, two]) => `${one}\n  ${two}`),
    });
    const changes = fc.record({
      environment: wild,
      summary: wild.filter((text) => text !== ''),
      incident: wild,
      level: fc.constantFrom(...levels),
      participants: fc.array(wild, { maxLength: 60 }),
      findings: fc.array(finding, { maxLength: 20 }),
    });
    fc.assert(
      fc.property(changes, fc.constantFrom(...eventTypes), (about, type) => {
        const checked = slackMessage.safeParse(messageOf(event(type, about)));
        expect(checked.error?.issues ?? []).toEqual([]);
      }),
      { numRuns: runs(40, 6) },
    );
  });
});

describe('a foreign text', () => {
  it.each([
    ['<!channel> <@U123> <http://x|y>', '&lt;!channel&gt; &lt;@U123&gt; &lt;http://x|y&gt;'],
    ['*bold* _it_ ~no~ `code`', '∗bold∗ ˍitˍ ∼no∼ ˋcodeˋ'],
    ['JWT_SECRET_KEY and 2*3', 'JWT_SECRET_KEY and 2*3'],
    [':fire: at 12:00:00', '꞉fire: at 12:00:00'],
    ['> quoted', '› quoted'],
    ['a\nb\u202e', 'a\\nb\\u202e'],
    ['a &amp; b', 'a &amp;amp; b'],
  ])('%s', (text, shown) => expect(mrkdwn(text, 200)).toBe(shown));

  it('is never cut in the middle of an entity', () => {
    for (let most = 8; most < 40; most++) {
      const cut = mrkdwn('a & b < c > d & e & f & g', most);
      expect(cut.length).toBeLessThanOrEqual(most);
      expect(cut.replaceAll(/&(amp|lt|gt);/g, '')).not.toContain('&');
    }
  });

  it('does not leave its block of commands', () => {
    const block = codeBlock(['echo ```', '*bold* <b>'], 200);
    expect(block).toBe('```\necho ` ` `\n*bold* &lt;b&gt;\n```');
  });
});

describe('what Slack refuses', () => {
  it.each([
    [404, 'no_service', true, /make a new one/],
    [400, 'invalid_payload', true, undefined],
    [403, 'action_prohibited', true, /administrator/],
    [410, 'channel_is_archived', true, /unarchive/],
    [500, 'rollup_error', false, /tried again/],
  ])('%i %s', async (status, said, final, hint) => {
    const { server, slack } = await channel();
    server.instead.push((_request, response) => void response.writeHead(status).end(said));
    const result = await slack.send(event('drift-detected'), null);
    expect(result).toMatchObject({ ok: false, final });
    if (result.ok) return;
    expect(result.error.message).toBe(`POST \${SLACK}: HTTP ${status} (${said})`);
    if (hint === undefined) expect(result.error.hint).toBeUndefined();
    else expect(result.error.hint).toMatch(hint);
  });
});
