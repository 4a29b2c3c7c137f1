import type { MintSettings } from '../../config/schema.js';
import type { ReadError } from '../../model.js';
import { resolve } from '../../schema/json-pointer.js';
import type { ObserveContext } from '../context.js';
import type { Outcome } from '../network/network.js';
import { statusText } from '../probes/answer/answer-words.js';
import { answerOf } from '../probes/matcher.js';
import { type CompactToken, parseToken } from './compact-token.js';
import { whyNotVerifiable } from './verify.js';

/** Requests a token that a participant signs itself. Errors contain nothing of its answer. */
export async function readMinted(
  settings: MintSettings,
  context: ObserveContext,
): Promise<Outcome<CompactToken>> {
  const label = context.label(settings.url);
  const { body } = settings;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value;
  if (body !== undefined && typeof body !== 'string') headers['content-type'] ??= 'application/json';
  headers.accept ??= 'application/json';

  const answer = await context.network.request({
    method: settings.method,
    url: settings.url,
    label,
    headers,
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    timeoutMs: settings.timeout ?? context.timeoutMs,
    repeatable: settings.method === 'GET',
    tls: settings.tls,
    fresh: settings.samples > 1,
  });
  if (!answer.ok) return answer;

  const what = `${settings.method} ${label}`;
  const { status } = answer.value;
  if (status >= 300 && status < 400) {
    return failed(
      'redirect',
      `${what}: answered ${statusText(status)}`,
      'Set `mint.url` to the final address.',
    );
  }
  if (status < 200 || status >= 400) {
    return failed('http-status', `${what}: answered ${statusText(status)}`, hintFor(status));
  }
  const { document } = answerOf(status, answer.value.body);
  if (!document.found) return failed('invalid-response', `${what}: the answer is not JSON`);
  const found = resolve(document.value, settings.pointer);
  const place = settings.pointer === '' ? 'the answer' : settings.pointer;
  if (!found.found) {
    return failed('invalid-response', `${what}: ${place} is missing`, 'Set `mint.pointer` to the token.');
  }
  const parsed =
    typeof found.value === 'string'
      ? parseToken(found.value.replace(/^Bearer +/i, ''))
      : ({ is: 'no-jwt' } as const);
  if (parsed.is === 'token') return { ok: true, value: parsed.token };
  if (parsed.is === 'no-jwt') {
    return failed('invalid-response', `${what}: ${place} is not a JWT`, 'Set `mint.pointer` to the token.');
  }
  return failed(
    'invalid-response',
    `${what}: ${place} is ${whyNotVerifiable(parsed)}`,
    'Remove `mint`, or request a token that is signed with the secret.',
  );
}

/** The mint endpoint of one participant during one check. */
export class MintEndpoint {
  readonly #settings: MintSettings;
  readonly #context: ObserveContext;
  readonly #unused: Promise<Outcome<CompactToken>>[] = [];
  #failure: Extract<Outcome<CompactToken>, { ok: false }> | null = null;

  constructor(settings: MintSettings, context: ObserveContext) {
    this.#settings = settings;
    this.#context = context;
  }

  /** Why it issued no token; `null` if all requests succeeded so far. */
  get error(): ReadError | null {
    return this.#failure?.error ?? null;
  }

  /** Requests the configured number of samples. `take` returns them before it requests more. */
  read(): Promise<Outcome<CompactToken>[]> {
    const asked = Array.from({ length: this.#settings.samples }, () => this.ask());
    this.#unused.push(...asked);
    return Promise.all(asked);
  }

  /** Returns one token to present. */
  take(): Promise<Outcome<CompactToken>> {
    return this.#unused.shift() ?? this.ask();
  }

  /**
   * Requests a new token. After a failure it is not asked again: with many participants, every request would wait for
   * it.
   */
  async ask(fresh = false): Promise<Outcome<CompactToken>> {
    if (this.#failure !== null) return this.#failure;
    const settings = fresh
      ? { ...this.#settings, samples: Math.max(2, this.#settings.samples) }
      : this.#settings;
    const minted = await readMinted(settings, this.#context);
    if (!minted.ok) this.#failure = minted;
    return minted;
  }
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return 'Check the credentials in `mint.headers`.';
  if (status === 404 || status === 405) return 'Check `mint.url` and `mint.method`.';
  return 'See the log of the service.';
}

function failed(
  code: 'redirect' | 'http-status' | 'invalid-response',
  message: string,
  hint?: string,
): Outcome<CompactToken> {
  return { ok: false, error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}
