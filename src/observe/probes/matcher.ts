import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { jsonPointer } from '../../schema/fields.js';
import { resolve } from '../../schema/json-pointer.js';
import { parseJson } from '../../schema/read-json.js';
import { textOf } from '../network/network.js';

const json = z
  .record(jsonPointer, z.json())
  .describe('JSON Pointers (RFC 6901) into the answer, and the required values.');
const includes = z.string().min(1).describe('Text that the answer must contain.');

/** Matches if all of its conditions match. */
export const httpMatcher = z.strictObject({
  status: z
    .array(z.int().min(100).max(599))
    .min(1)
    .optional()
    .describe('Matches any of these HTTP statuses.'),
  json: json.optional(),
  includes: includes.optional(),
});

/** Matches if all of its conditions match. */
export const messageMatcher = z.strictObject({ json: json.optional(), includes: includes.optional() });

export type HttpMatcher = z.output<typeof httpMatcher>;
export type MessageMatcher = z.output<typeof messageMatcher>;

/** An answer, parsed once for all matchers. */
export interface Answer {
  /** `null` for a WebSocket message. */
  readonly status: number | null;
  readonly text: string;
  readonly document: { readonly found: true; readonly value: unknown } | { readonly found: false };
}

/** Parses an answer of any bytes. An answer that is not JSON (RFC 8259) has no document. */
export function answerOf(status: number | null, body: string | Uint8Array): Answer {
  const text = typeof body === 'string' ? body : textOf(body);
  const value = parseJson(text);
  return { status, text, document: value === undefined ? { found: false } : { found: true, value } };
}

/** Whether all conditions of the matcher match. A matcher without conditions always matches. */
export function matches(matcher: HttpMatcher | MessageMatcher, answer: Answer): boolean {
  if ('status' in matcher && matcher.status !== undefined) {
    if (answer.status === null || !matcher.status.includes(answer.status)) return false;
  }
  if (matcher.includes !== undefined && !answer.text.includes(matcher.includes)) return false;
  return Object.entries(matcher.json ?? {}).every(([pointer, expected]) => {
    const actual = at(answer, pointer);
    return actual.found && isDeepStrictEqual(actual.value, expected);
  });
}

/** Whether it depends on the part of an answer that was not read. */
export function needsMore(matcher: HttpMatcher, answer: Answer): boolean {
  const { status, json, includes } = matcher;
  if (status !== undefined && (answer.status === null || !status.includes(answer.status))) return false;
  return json !== undefined || (includes !== undefined && !answer.text.includes(includes));
}

/** The first pointer with another value than required; `null` if there is none. */
export function contradiction(
  matcher: HttpMatcher,
  answer: Answer,
): { readonly pointer: string; readonly value: unknown } | null {
  for (const [pointer, expected] of Object.entries(matcher.json ?? {})) {
    const actual = at(answer, pointer);
    if (actual.found && !isDeepStrictEqual(actual.value, expected)) return { pointer, value: actual.value };
  }
  return null;
}

function at(answer: Answer, pointer: string): ReturnType<typeof resolve> {
  return answer.document.found ? resolve(answer.document.value, pointer) : { found: false };
}
