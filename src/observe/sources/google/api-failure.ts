import * as z from 'zod';
import type { ReadError } from '../../../model.js';
import { parseJson } from '../../../schema/read-json.js';
import { known } from '../../network/error-messages.js';
import { readErrorOf } from '../../network/network-errors.js';

/** The reliable parts of an API error. */
export interface ApiFailure {
  /** A name of google.rpc.Code, or `null` for an answer that is not in Google's format. */
  readonly status: string | null;
  /** HTTP status, over REST. */
  readonly http: number | null;
  /** `reason` of google.rpc.ErrorInfo. */
  readonly reason: string | null;
  /** State and number of a version that is not enabled. */
  readonly state: 'DISABLED' | 'DESTROYED' | null;
  readonly version: string | null;
  /** Over gRPC: the connection itself failed. */
  readonly network: ReadError | null;
}

/** google.rpc.Code by number (https://grpc.io/docs/guides/status-codes/). */
export const rpcCodes = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

/** The body of an error over REST (AIP-193). */
const body = z.object({
  error: z.object({
    // No other text: it is shown, and could be anything.
    status: z.enum(rpcCodes),
    message: z.string().default(''),
    details: z.array(z.object({ reason: z.string().optional() })).default([]),
  }),
});

/** An error of gaxios, whose message is the body. */
const overRest = z.object({ status: z.int(), message: z.string() });

/** An error of grpc-js. */
const overGrpc = z.object({
  code: z.int().min(0).max(16),
  details: z.string(),
  reason: z.string().optional(),
});

/** Extracts the answer of the API; `null` if there was none. */
export function apiFailureOf(error: unknown): ApiFailure | null {
  const rest = overRest.safeParse(error);
  if (rest.success) {
    const said = body.safeParse(parseJson(rest.data.message) ?? null);
    const http = rest.data.status;
    if (!said.success) return { ...nothing, http };
    const { status, message, details } = said.data.error;
    const reason = details.find((one) => one.reason !== undefined)?.reason;
    return { ...nothing, http, status, reason: safe(reason), ...stateIn(message) };
  }
  const grpc = overGrpc.safeParse(error);
  if (!grpc.success) return null;
  const { code, details, reason } = grpc.data;
  const status = rpcCodes[code] ?? null;
  const network = status === 'UNAVAILABLE' ? connectionIn(details) : null;
  return { ...nothing, status, reason: safe(reason), ...stateIn(details), network };
}

/** Whether the API requests a retry, which is safe for reading. */
export function isUnavailable(error: unknown): boolean {
  const failure = apiFailureOf(error);
  const isTransient = failure?.network === null || failure?.network.code === 'connection';
  return failure?.status === 'UNAVAILABLE' && isTransient;
}

/** An emulator answers `UNIMPLEMENTED` to what it does not know. */
const aboutSecret: ReadonlySet<string> = new Set([
  'NOT_FOUND',
  'PERMISSION_DENIED',
  'FAILED_PRECONDITION',
  'UNIMPLEMENTED',
]);

/** Whether the API answered about the secret, so that neither the connection nor the credentials failed. */
export function isAboutSecret(error: unknown): boolean {
  const status = apiFailureOf(error)?.status;
  return status !== undefined && status !== null && aboutSecret.has(status);
}

const nothing: ApiFailure = {
  status: null,
  http: null,
  reason: null,
  state: null,
  version: null,
  network: null,
};

/** A reason that is fit to be shown. Digits could be those of a secret in hex, and Google's reasons have none. */
const safe = (reason: string | undefined): string | null =>
  reason !== undefined && /^[A-Z][A-Z_]{0,62}$/.test(reason) ? reason : null;

function stateIn(message: string): Pick<ApiFailure, 'state' | 'version'> {
  if (/\bSecretVersion\.state is already DESTROYED\b/.test(message))
    return { state: 'DESTROYED', version: null };
  const state = /\bis in (DISABLED|DESTROYED) state/.exec(message)?.[1];
  if (state !== 'DISABLED' && state !== 'DESTROYED') return { state: null, version: null };
  return { state, version: /\/versions\/(\d{1,15})\]/.exec(message)?.[1] ?? null };
}

/** Texts of grpc-js and Node for a connection that is not there, or broke off. */
const withoutConnection =
  /^(?:No connection established|Connection (?:dropped|closed)|Channel closed|Subchannel not ready|Stream closed before|Received RST_STREAM|Failed to start HTTP\/2 stream)|\b(?:connect|read|write) E[A-Z]{3,}\b/;

/**
 * gRPC reports connection errors as text only. Of that, only the error codes of Node that are known are shown. `null` for
 * any other text: the API itself answered that it is unavailable.
 */
function connectionIn(details: string): ReadError | null {
  if (/name resolution failed/i.test(details)) return inWords('ENOTFOUND');
  if (/wrong version number/i.test(details)) return inWords('ERR_SSL_WRONG_VERSION_NUMBER');
  const code = details.match(/\b[A-Z][A-Z0-9_]{3,}\b/g)?.find((word) => Object.hasOwn(known, word));
  if (code !== undefined) return inWords(code);
  if (
    /SSL routines|certificate/i.test(details) ||
    /\b(?:ERR_(?:SSL|TLS)|[A-Z_]*CERT|UNABLE_TO)_/.test(details)
  )
    return inWords('EPROTO');
  return withoutConnection.test(details) ? inWords('unknown') : null;
}

function inWords(code: string): ReadError {
  const said = readErrorOf({ code }, '');
  return { ...said, message: said.message.replace(/^: /, '') };
}
