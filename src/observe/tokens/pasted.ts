import { parseToken } from './compact-token.js';

/** Start of a token: its header is a JSON object in base64url (RFC 7515 §3.1), with or without whitespace. */
const tokens = /(?<![\w-])(?:%20|%22|%3D)?(e[wy][\w-]+(?:\.[\w-]*){2,4})/gi;

/**
 * Extracts the token from a pasted text: without whitespace and quotes, and out of a header line, a cookie, a JSON
 * document or a command. Without a token, returns the trimmed text.
 * @returns the first of several different tokens
 */
export function pastedToken(text: string): string {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  // A terminal or mail program may have wrapped it.
  for (const candidate of [trimmed, ...tokensIn(trimmed), ...tokensIn(trimmed.replace(/\s+/g, ''))])
    if (parseToken(candidate).is !== 'no-jwt') return candidate;
  return trimmed;
}

const tokensIn = (text: string): string[] => [...text.matchAll(tokens)].map(([, token = '']) => token);
