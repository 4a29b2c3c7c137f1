import type { ReadError, ReadErrorCode } from '../../../model.js';
import { resolve } from '../../../schema/json-pointer.js';
import { parseJson } from '../../../schema/read-json.js';
import { parseFingerprint } from '../../../secret/fingerprint.js';
import { isProof } from '../../../secret/proof-protocol.js';
import { Secret } from '../../../secret/secret.js';
import { type HttpResponse, type Outcome, textOf } from '../../network/network.js';
import { kindOf } from '../fingerprint-reading.js';
import type { UnusableValue } from '../source.js';
import type { Answer, Answered } from './replicas.js';

/** The request, and how to read its answer. */
export interface Asked {
  /** Method and URL, safe to print. */
  readonly what: string;
  readonly url: string;
  readonly pointer: string;
  /** Number of hex digits of a fingerprint. */
  readonly length: number;
}

/** Maximum number of accepted keys. */
const mostAccepted = 64;

/**
 * Reads the answer of a fingerprint endpoint. The result is always a fingerprint or an error, and an error contains
 * only the type of an unexpected value: by mistake the value may be the secret itself. An answer with a proof needs
 * no fingerprint.
 */
export function readAnswer(response: HttpResponse, asked: Asked): Answered<Omit<Answer, 'nonce'>> {
  const error = statusError(response, asked);
  if (error !== null) return { ok: false, error };
  const text = textOf(response.body);
  const wrong = (problem: string, hint: string): Outcome<never> =>
    failure(asked, 'invalid-response', problem, hint);
  const endpointHint = 'Check that `url` is the fingerprint endpoint.';
  if (text.trim() === '') return wrong('an empty answer', endpointHint);
  const document = parseJson(text);
  if (document === undefined) {
    const html =
      /\bhtml\b/i.test(response.headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(text);
    return wrong(html ? 'answered HTML, not JSON' : 'the answer is not JSON', endpointHint);
  }
  const found = resolve(document, asked.pointer);
  const proof = own(document, 'proof');
  const known = {
    instance: wordOf(own(document, 'instance')),
    version: wordOf(own(document, 'version')),
    service: wordOf(own(document, 'service')),
    proof: isProof(proof) ? proof : null,
    proofs: listOf(own(document, 'proofs')).filter(isProof),
    statesAccepts: Array.isArray(own(document, 'accepts')),
  };
  const listed = listOf(own(document, 'accepts'));
  if (!found.found && known.proof !== null) {
    return {
      ok: true,
      value: { fingerprint: null, accepts: [], ...known },
      unusable: unusableOf('accepts', listed),
    };
  }
  if (!found.found && own(document, 'reveal') === 'proof') {
    return failure(
      asked,
      'no-proof',
      'it contains only proofs, but no challenge was sent',
      'Proofs are verified with the secret itself. Configure a reference whose source yields it, and do not disable `challenge`.',
    );
  }
  const where = asked.pointer === '' ? 'the answer' : asked.pointer;
  if (!found.found) {
    return wrong(
      `the answer, ${kindOf(document)}, has no value at ${asked.pointer}`,
      'Set `pointer` to the fingerprint in the answer.',
    );
  }
  const fingerprint = parseFingerprint(found.value, asked.length);
  if (fingerprint === null) {
    const answer = wrong(
      `${where} is ${kindOf(found.value)} instead of a fingerprint`,
      'A fingerprint is 8 to 64 hex digits of SHA-256 over the key; `jwtcheck fingerprint` prints one.',
    );
    return {
      ...answer,
      unusable: [...unusableOf('fingerprint', [found.value]), ...unusableOf('accepts', listed)],
    };
  }
  const accepts = listed.flatMap((value) => parseFingerprint(value, asked.length) ?? []);
  return {
    ok: true,
    value: { fingerprint, accepts: [...new Set([fingerprint, ...accepts])], ...known },
    unusable: unusableOf(
      'accepts',
      listed.filter((value) => parseFingerprint(value, asked.length) === null),
    ),
  };
}

const unusableOf = (where: UnusableValue['where'], values: readonly unknown[]): UnusableValue[] =>
  values.flatMap((value) => (typeof value === 'string' ? [{ where, value: new Secret(value) }] : []));

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.slice(0, mostAccepted) : [];

function statusError({ status, headers }: HttpResponse, asked: Asked): ReadError | null {
  if (status >= 200 && status < 300) return null;
  const error = (code: ReadErrorCode, problem: string, hint: string): ReadError => ({
    code,
    message: `${asked.what}: ${problem}`,
    hint,
  });
  if (status >= 300 && status < 400) {
    return error(
      'redirect',
      `status ${status}, a redirect${destination(headers.location, new URL(asked.url).origin)}`,
      'Redirects are not followed. Set `url` to the final address, or allow this path without a login.',
    );
  }
  return error('http-status', `status ${status}`, statusHint(status));
}

/** Only the origin of a redirect is printed: the rest may contain tokens. */
function destination(location: string | undefined, origin: string): string {
  if (location === undefined || !URL.canParse(location, origin)) return '';
  const url = new URL(location, origin);
  if (url.origin === origin) return ' to another path of the same server';
  return url.protocol === 'http:' || url.protocol === 'https:' ? ` to ${url.origin}` : '';
}

function statusHint(status: number): string {
  if (status === 401 || status === 403) return 'Check the credentials in `headers`.';
  if (status === 404)
    return 'Check the path of `url`, and whether this version of the service has the endpoint.';
  if (status === 405) return 'Check `method`.';
  if (status === 407) return 'The proxy requires credentials: add them to the URL in HTTP_PROXY.';
  if (status === 429)
    return 'The service limits requests: try again later, or lower `samples` or `concurrency`.';
  if (status >= 500) return 'The service, or a proxy in front of it, failed: see its log.';
  return 'Check `url`, `method` and `headers`.';
}

function failure(asked: Asked, code: ReadErrorCode, problem: string, hint: string): Outcome<never> {
  return { ok: false, error: { code, message: `${asked.what}: ${problem}`, hint } };
}

function own(document: unknown, name: string): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  return Object.hasOwn(document, name) ? Reflect.get(document, name) : undefined;
}

/** The full text. It is truncated after redaction, because a truncated secret is not recognised. */
function wordOf(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' ? text : null;
}
