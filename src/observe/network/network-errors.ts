import type { ReadError } from '../../model.js';
import { codeOf } from '../../system/error-code.js';
import { brokenOff, families, known, type Words } from './error-messages.js';

/**
 * The reason why no usable answer arrived, thrown where no `Outcome` can be returned; `readErrorOf` returns the data.
 */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly readError: ReadError;

  constructor(readError: ReadError) {
    super(readError.message);
    this.readError = readError;
  }
}

/** A proxy that was unreachable (`cause`) or that rejected the connection (`status`). */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly status: number | null;

  constructor(status: number | null, cause: Error | null) {
    super('proxy', cause === null ? undefined : { cause });
    this.status = status;
  }
}

/**
 * An error of undici or Node, as data. `what` begins the message: the method and the URL, safe to display. Only the
 * code of the error appears in the message, because its text may contain what must not be shown.
 */
export function readErrorOf(error: unknown, what: string, phase: 'before' | 'during' = 'before'): ReadError {
  for (const inner of unwrapped(error)) {
    if (inner instanceof NetworkError) return inner.readError;
    if (inner instanceof ProxyError) return proxyFailure(inner, what);
    const code = networkCodeOf(inner);
    const words = code === null ? null : wordsFor(code, phase);
    if (words !== null) return shape(words, what, code);
  }
  return { code: 'connection', message: `${what}: the connection failed` };
}

function shape(words: Words, what: string, code: string | null): ReadError {
  const message = `${what}: ${words.text}${code === null || /^(UND|HPE)_/.test(code) ? '' : ` (${code})`}`;
  return { code: words.code, message, ...(words.hint === undefined ? {} : { hint: words.hint }) };
}

function wordsFor(code: string, phase: 'before' | 'during'): Words | null {
  if (phase === 'during' && /^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(code)) return brokenOff;
  if (Object.hasOwn(known, code)) return known[code] ?? null;
  return families.find(([pattern]) => pattern.test(code))?.[1] ?? null;
}

const checkProxy = 'Check the proxy in HTTPS_PROXY or HTTP_PROXY, or name the host in NO_PROXY.';

function proxyFailure({ status, cause }: ProxyError, what: string): ReadError {
  if (status === null) {
    const { code, message, hint } = readErrorOf(cause, `${what}: on the way to the proxy`);
    return { code, message, hint: hint === undefined || code !== 'tls' ? checkProxy : hint };
  }
  const hint = status === 407 ? `It wants credentials: put them into its URL. ${checkProxy}` : checkProxy;
  return {
    code: 'connection',
    message: `${what}: the proxy rejected the connection (status ${status})`,
    hint,
  };
}

/** The error, its parts (every address of a name failed) and its causes; each at most once. */
function unwrapped(error: unknown): unknown[] {
  const found: unknown[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && found.length < 16) {
    const next = queue.shift();
    if (next === undefined || found.includes(next)) continue;
    // An aggregate error has only the code of its first part; the parts have more detail.
    if (next instanceof AggregateError) queue.unshift(...next.errors);
    else found.push(next);
    if (next instanceof Error) queue.push(next.cause);
  }
  return found;
}

function networkCodeOf(error: unknown): string | null {
  // undici 7 leaves these without a code.
  if (error instanceof Error && error.name === 'HTTPParserError') {
    return error.message.includes('Invalid EOF state') ? 'HPE_INVALID_EOF_STATE' : 'HPE_INVALID';
  }
  return codeOf(error);
}

/** Codes after which a retry may help; a name that does not exist and a wrong certificate are permanent. */
const transient = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'HPE_INVALID_EOF_STATE',
]);

/** Whether the connection failed in a way that may be temporary: never a timeout, never an answer. */
export function isTransient(error: unknown): boolean {
  return unwrapped(error).some((inner) => transient.has(networkCodeOf(inner) ?? ''));
}
