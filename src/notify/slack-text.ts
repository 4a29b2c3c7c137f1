import { within } from './within.js';

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
export function plainText(text: string, most: number): string {
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
