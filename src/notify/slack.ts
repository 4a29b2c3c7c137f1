import * as z from 'zod';
import type { Level } from '../model.js';
import { eventTraits, isOver } from '../monitor/event-types.js';
import type { DriftEvent } from '../monitor/monitor-model.js';
import { fixCommand, stepsOf } from '../report/view/remedy.js';
import { emulatorNote } from '../report/view/summary.js';
import { formatDuration } from '../schema/duration.js';
import { httpUrl } from '../schema/fields.js';
import { shownUrl } from '../schema/url.js';
import { common, type Notifier } from './notifier.js';
import { post, within } from './post.js';

const schema = z
  .strictObject({
    kind: z.literal('slack'),
    ...common,
    url: httpUrl.describe('URL of an incoming webhook: a credential. Take it from an environment variable.'),
  })
  .describe('A Slack channel, by an incoming webhook: one message for each event.');

/** https://docs.slack.dev/reference/block-kit/blocks: at most 150, 3000 and 2000 characters, 50 blocks. */
const longest = { header: 150, section: 3000, field: 2000, context: 1000, fallback: 500 } as const;
const mostFindings = 10;

/** A remedy is omitted if fewer characters than these remain for it. */
const leastPart = 40;

const signs: Readonly<Record<Level, string>> = {
  EMERGENCY: '🚨',
  CRITICAL: '🔴',
  WARNING: '🟠',
  INFO: '🔵',
};

/**
 * Slack's error answers and their fixes (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks).
 */
const hints: Readonly<Record<string, string>> = {
  no_service: 'The webhook was revoked or never existed: make a new one and configure its URL.',
  no_active_hooks: 'The webhook was switched off: make a new one and configure its URL.',
  no_team: 'The workspace is gone, or the URL is not complete.',
  invalid_token: 'The URL is not right: copy it again from the settings of the app.',
  channel_not_found: 'The channel is gone: make a webhook for another one.',
  channel_is_archived: 'The channel was archived: unarchive it, or make a webhook for another one.',
  action_prohibited: 'An administrator of the workspace forbids it: ask for permission.',
  posting_to_general_channel_denied:
    'Only administrators may post there: make a webhook for another channel.',
};

/** One message for each event; the URL is the credential. */
export const slack: Notifier<typeof schema> = {
  schema,
  keepsIncidents: false,
  target: ({ url }, { label }) => shownUrl(url, label),
  send(event, { url, tls }, sending) {
    return post(
      {
        url,
        shown: shownUrl(url, sending.label),
        body: JSON.stringify(messageOf(event)),
        tls,
        refusal: ({ body }) => {
          const [said] = /^[a-z_]{3,60}$/.exec(body.toString('utf8').trim()) ?? [];
          if (said === undefined) return {};
          return Object.hasOwn(hints, said) ? { said, hint: hints[said] ?? '', isListed: true } : { said };
        },
      },
      sending,
    );
  },
};

/** The message: what happened, the level, the participants, then each finding with its remedy. */
export function messageOf(event: DriftEvent) {
  const { page, runbook, explain } = event.links ?? { page: null, runbook: null, explain: '' };
  const links = [link(page, 'status page'), link(runbook, 'runbook'), mrkdwn(explain, 200)];
  const sign = isOver(event) ? '✅' : signs[event.level];
  const title = `${sign} ${event.environment}: ${eventTraits[event.type].title}`;
  const emulator = emulatorNote(event);
  const shown = event.findings.slice(0, mostFindings);
  const left = event.findings.length - shown.length;
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: plainText(title, longest.header), emoji: false } },
    section(`*${mrkdwn(event.summary, longest.section - 2)}*`),
    { type: 'section', fields: fieldsOf(event).map(text) },
    ...shown.map((finding) => section(findingText(finding))),
    ...(left > 0 ? [section(`and ${left} more`)] : []),
    ...(event.plan === undefined ? [] : [section(planText(event.environment, event.plan))]),
    {
      type: 'context',
      elements: [
        text([...links.filter((one) => one !== ''), `${mrkdwn(event.at, 40)}`].join(' · ')),
        ...(emulator === null ? [] : [text(mrkdwn(emulator, longest.context))]),
        text(`jwtcheck · incident ${mrkdwn(event.incident, longest.context)}`),
      ],
    },
  ];
  return {
    // The text for notifications and screen readers.
    text: plainText(`${sign} ${event.level} ${event.environment}: ${event.summary}`, longest.fallback),
    mrkdwn: false,
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks,
  };
}

/** What would fix it, and the command that does it. */
function planText(environment: string, { hash, actions }: NonNullable<DriftEvent['plan']>): string {
  const command = codeBlock([fixCommand(environment, hash)], 400);
  const room = longest.section - command.length - 1;
  return `${mrkdwn(actions.join('; '), room)}\n${command}`;
}

/**
 * A link of jwtcheck. `<`, `>` and `
 * ` would end it, so they are URL-encoded.
 */
function link(url: string | null, words: string): string {
  if (url === null) return '';
  const safe = new URL(url).href.replaceAll('&', '&amp;').replaceAll('|', '%7C');
  return `<${safe}|${words}>`;
}

/** `verbatim`: nothing becomes a link or a mention. */
const text = (content: string) => ({ type: 'mrkdwn', text: content, verbatim: true });

const section = (content: string) => ({ type: 'section', text: text(content) });

function fieldsOf(event: DriftEvent): string[] {
  const { mrrAtRisk, currency } = event.impact;
  const named = (name: string, value: string) => `*${name}*\n${mrkdwn(value, longest.field - 50)}`;
  return [
    named('Level', event.level),
    named('Environment', event.environment),
    ...(event.participants.length === 0 ? [] : [named('Participants', event.participants.join(', '))]),
    named('Since', `${event.since} (${formatDuration(event.durationMs)})`),
    ...(mrrAtRisk > 0 ? [named('At risk', `${mrrAtRisk.toLocaleString('en')} ${currency} a month`)] : []),
  ];
}

/** The finding, then its remedy: text, and commands in blocks to copy. */
function findingText(finding: DriftEvent['findings'][number]): string {
  const { code, message } = finding;
  const lines = [`*${mrkdwn(code, 100)}*: ${mrkdwn(message, 1000)}`];
  let left = longest.section - 1200;
  const commands: string[] = [];
  const put = (line: string): void => {
    if (line !== '') lines.push(line);
    left -= line.length + 1;
  };
  for (const step of [...stepsOf(finding), { text: '' }]) {
    if (left < leastPart) break;
    if ('command' in step) {
      commands.push(step.command);
      continue;
    }
    put(codeBlock(commands.splice(0), left));
    if (left >= leastPart) put(mrkdwn(step.text, left));
  }
  return lines.join('\n');
}

/** https://docs.slack.dev/messaging/formatting-message-text: the three control characters of Slack. */
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * mrkdwn has no escape for its formatting characters, so they are replaced by characters of the same appearance. Inside
 * a word, as in JWT_SECRET, they format nothing and stay.
 */
const lookalikes: Readonly<Record<string, string>> = {
  '*': '∗',
  _: 'ˍ',
  '~': '∼',
  '`': 'ˋ',
  ':': '꞉',
  '>': '›',
};
const formatting = /`|(?<![\p{L}\p{N}])[*_~]|[*_~](?![\p{L}\p{N}])|(?<![\p{L}\p{N}]):(?=[\w+'-]+:)|^\s*>/gu;

const escaped = (text: string): string => text.replace(/[&<>]/g, (character) => entities[character] ?? '');

/** Shows an external text in mrkdwn as it is, limited in length: no formatting, link, mention or emoji. */
export function mrkdwn(text: string, most: number): string {
  const literal = (part: string) =>
    escaped(part.replace(formatting, (found) => `${found.slice(0, -1)}${lookalikes[found.slice(-1)] ?? ''}`));
  return shortened(text, most, literal);
}

/** Prepares an external text for a `plain_text` object, limited in length. */
function plainText(text: string, most: number): string {
  return shortened(text, most, escaped);
}

const fence = '```';

/** Commands as a block to copy, limited in length; empty if there are none. */
export function codeBlock(lines: readonly string[], most: number): string {
  const room = most - 2 * fence.length - 2;
  const literal = (line: string) => escaped(line.replaceAll(fence, '` ` `'));
  const shown: string[] = [];
  let left = room;
  for (const line of lines) {
    if (left < 20) break;
    const text = shortened(line, left, literal);
    shown.push(text);
    left -= text.length + 1;
  }
  return shown.length === 0 ? '' : `${fence}\n${shown.join('\n')}\n${fence}`;
}

/** Escaping makes a text longer: it is cut until the escaped text fits, never in the middle of an entity. */
function shortened(text: string, most: number, literal: (part: string) => string): string {
  let room = most;
  for (;;) {
    const result = literal(within(text, room));
    if (result.length <= most) return result;
    room -= Math.max(1, Math.ceil((result.length - most) / 5));
  }
}
