import { parseToken } from './compact-token.js';

/** Where a token begins: its header is a JSON object in base64url (RFC 7515 §3.1), with whitespace or without. */
const tokens = /(?<![\w-])(?:%20|%22|%3D)?(e[wy][\w-]+(?:\.[\w-]*){2,4})/gi;

/**
 * The token in a text that was pasted: without whitespace and quotes, and out of a header line, a cookie, a JSON
 * document or a command. Where there is none, the text without whitespace at its ends.
 * @returns the first of several that differ
 */
export function pastedToken(text: string): string {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  // A terminal or a mail may have broken it over several lines.
  for (const candidate of [trimmed, ...tokensIn(trimmed), ...tokensIn(trimmed.replace(/\s+/g, ''))])
    if (parseToken(candidate).is !== 'no-jwt') return candidate;
  return trimmed;
}

const tokensIn = (text: string): string[] => [...text.matchAll(tokens)].map(([, token = '']) => token);
