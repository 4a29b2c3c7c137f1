import { STATUS_CODES } from 'node:http';
import { redactTokens } from '../../secret.js';

const longest = 120;
const fields = ['error', 'code', 'reason', 'message', 'detail', 'type'] as const;

/** An HTTP status with its name (RFC 9110 §15), such as `401 Unauthorized`. */
export function statusText(status: number): string {
  const name = STATUS_CODES[status];
  return name === undefined ? String(status) : `${status} ${name}`;
}

/** What an answer says about itself in the usual string fields, its `error` object included; never the rest of it. */
export function wordsOf(document: unknown): string[] {
  if (!isObject(document)) return [];
  const words = new Set<string>();
  for (const field of fields) {
    const value = Object.hasOwn(document, field) ? document[field] : undefined;
    if (typeof value === 'string' && value.trim() !== '') words.add(value.trim());
    else if (field === 'error' && isObject(value)) {
      for (const inner of wordsOf({ ...value, error: undefined })) words.add(inner);
    }
  }
  return [...words];
}

/** What was seen, then what the service said about it: without tokens, and no longer than 120 characters. */
export function describe(seen: string, said: readonly string[]): string {
  if (said.length === 0) return seen;
  return `${seen}: ${cut(redactTokens(said.join(', ')))}`;
}

/** Cut between words, so that no half of a secret is left that nobody recognises any more. */
function cut(text: string): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest).replace(/\S*$/, '').trimEnd()}…`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
