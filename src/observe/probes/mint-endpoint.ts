import type { MintSettings } from '../../config/schema.js';
import { resolve } from '../../json-pointer.js';
import { Secret } from '../../secret.js';
import type { Outcome } from '../network/network.js';
import type { World } from '../world.js';
import { statusText } from './answer-words.js';
import { answerOf } from './matcher.js';

/** A compact JWS (RFC 7515 §7.1), no longer than what servers take in a header field. */
const jwt = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const longest = 8192;

/** Asks a participant for a token that it signs itself. Nothing that it says gets into an error. */
export async function readMinted(settings: MintSettings, world: World): Promise<Outcome<Secret>> {
  const label = world.label(settings.url);
  const { body } = settings;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value;
  if (body !== undefined && typeof body !== 'string') headers['content-type'] ??= 'application/json';
  headers.accept ??= 'application/json';

  const answer = await world.network.request({
    method: settings.method,
    url: settings.url,
    label,
    headers,
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    timeoutMs: settings.timeout ?? world.timeoutMs,
    repeatable: settings.method === 'GET',
    tls: settings.tls,
  });
  if (!answer.ok) return answer;

  const what = `${settings.method} ${label}`;
  const { status } = answer.value;
  if (status >= 300 && status < 400) {
    return failed('redirect', `${what}: answered ${statusText(status)}`, 'Set `mint.url` to where it leads.');
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
  if (typeof found.value !== 'string' || found.value.length > longest || !jwt.test(found.value)) {
    return failed('invalid-response', `${what}: ${place} is not a JWT`, 'Set `mint.pointer` to the token.');
  }
  return { ok: true, value: new Secret(found.value) };
}

function hintFor(status: number): string {
  if (status === 401 || status === 403) return 'Check the credentials in `mint.headers`.';
  if (status === 404 || status === 405) return 'Check `mint.url` and `mint.method`.';
  return 'Look into its log.';
}

function failed(
  code: 'redirect' | 'http-status' | 'invalid-response',
  message: string,
  hint?: string,
): Outcome<Secret> {
  return { ok: false, error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}
