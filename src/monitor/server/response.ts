import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonLine } from '../../report/text/json-text.js';

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** For every response: not cached, for this page alone, and interpreted only as its type. */
const always = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** Headers of an answer, with those that every answer has. */
export function headersOf(type: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...always, 'content-type': type, ...more };
}

export const textType = 'text/plain; charset=utf-8';
export const jsonType = 'application/json; charset=utf-8';

export function text(status: number, body: string, headers?: Readonly<Record<string, string>>): Answer {
  return { status, type: textType, body: `${body}\n`, ...(headers === undefined ? {} : { headers }) };
}

export function json(status: number, value: object): Answer {
  return { status, type: jsonType, body: jsonLine(value) };
}

/** Sends an answer; to HEAD, all but its body. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const length = { 'content-length': `${Buffer.byteLength(answer.body)}` };
  response.writeHead(answer.status, headersOf(answer.type, { ...length, ...answer.headers }));
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}
