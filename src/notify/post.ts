import type { ReadError } from '../model.js';
import type { SendResult } from '../monitor/delivery/recipient.js';
import type { HttpResponse } from '../observe/network/network.js';
import { sanitize } from '../report/text/sanitize.js';
import type { TlsOptions } from '../schema/fields.js';
import type { Sending } from './notifier.js';

/** A message to send. */
interface Message {
  readonly url: string;
  /** The URL, safe to display. */
  readonly shown: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  readonly tls?: TlsOptions | undefined;
  /** The explanation of a rejection and its fix, in the terms of the recipient's API. */
  readonly refusal?: (response: HttpResponse) => {
    readonly said?: string;
    readonly hint?: string;
    /** One of the codes listed here, so it contains nothing of the request. */
    readonly isListed?: boolean;
  };
}

/** The maximum length of the recipient's answer that is passed on. */
const longestSaid = 200;

/** Statuses below 500 after which the same request may succeed: RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4. */
const passing: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Sends a message as JSON, once. Any 2xx means that it arrived. Redirects are not followed. A 4xx is final unless it
 * asks for a later retry; all other failures may be retried.
 */
export async function post(message: Message, sending: Sending): Promise<SendResult> {
  const outcome = await sending.network.request({
    method: 'POST',
    url: message.url,
    label: message.shown,
    headers: { ...message.headers, 'content-type': 'application/json' },
    body: message.body,
    timeoutMs: sending.timeoutMs,
    // If an answer was lost, the caller tries again later, not at once.
    repeatable: false,
    reading: 'head',
    tls: message.tls,
  });
  if (!outcome.ok) return outcome;
  const response = outcome.value;
  if (response.status >= 200 && response.status < 300) return { ok: true, value: null };
  const wait = retryAfter(response.headers['retry-after'], sending.now());
  const error = refused(message, response, sending);
  const final = response.status >= 400 && response.status < 500 && !passing.has(response.status);
  return { ok: false, error, final, ...(wait === null ? {} : { retryAfterMs: wait }) };
}

function refused(message: Message, response: HttpResponse, { scrub }: Sending): ReadError {
  const { status } = response;
  const what = `POST ${message.shown}`;
  if (status >= 300 && status < 400)
    return {
      code: 'redirect',
      message: `${what}: HTTP ${status}: redirects are not followed`,
      hint: 'Configure the URL that it leads to.',
    };
  const { said, hint, isListed = false } = message.refusal?.(response) ?? {};
  // The answer may repeat the request.
  const words =
    said === undefined || said === '' ? '' : ` (${within(isListed ? said : scrub(said), longestSaid)})`;
  const advice = hint ?? advices.find(([from, to]) => status >= from && status <= to)?.[2];
  return {
    code: 'http-status',
    message: `${what}: HTTP ${status}${words}`,
    ...(advice === undefined ? {} : { hint: advice }),
  };
}

const advices: readonly (readonly [number, number, string])[] = [
  [401, 403, 'Check the credentials, and whether they may send there.'],
  [404, 405, 'Check the URL.'],
  [429, 429, 'It limits the rate; the notification is retried later.'],
  [500, 599, 'The fault is on its side; it is tried again later.'],
];

/** The three forms of RFC 9110 §5.6.7. The last one has no time zone. */
const httpDate =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT|[A-Z][a-z]{5,8}, \d\d-[A-Z][a-z]{2}-\d\d [\d:]{8} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4})$/;

/** Milliseconds of a `Retry-After` (RFC 9110 §10.2.3): seconds or a date; `null` if it is missing or invalid. */
export function retryAfter(text: string | undefined, now: Date): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = httpDate.test(text) ? Date.parse(/\d$/.test(text) ? `${text} GMT` : text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

/** Converts a text to one safe line of at most the given number of UTF-16 code units; no character is split. */
export function within(text: string, most: number): string {
  const harmless = sanitize(text.slice(0, most + 1));
  return harmless.length <= most ? harmless : `${whole(harmless, most - 1)}…`;
}

/** Cuts a text to at most the given number of code units, never inside a surrogate pair. */
export function whole(text: string, most: number): string {
  const halved = /[\ud800-\udbff]/.test(text.charAt(most - 1));
  return text.slice(0, halved ? most - 1 : most);
}
