import type { ReadError } from '../model.js';
import { apiFailureOf } from '../observe/sources/google/api-failure.js';
import { CredentialsError } from '../observe/sources/google/failure.js';
import type { WriteError, WriteOutcome } from './rotation-store.js';

/** Statuses with which the API says that it did nothing. */
const refusals: ReadonlySet<string | null | undefined> = new Set([
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'UNAUTHENTICATED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'UNIMPLEMENTED',
]);

/**
 * A failed write as data.
 * @param failure the same failure in words
 * @param hasEtag whether the call named an etag, which may be stale
 */
export function writeErrorOf(
  error: unknown,
  failure: ReadError,
  target: string,
  hasEtag: boolean,
): WriteError {
  const answered = apiFailureOf(error);
  // AIP-154 asks for ABORTED; Secret Manager answers FAILED_PRECONDITION.
  const isConflict =
    answered?.status === 'ABORTED' || (answered?.status === 'FAILED_PRECONDITION' && answered.state === null);
  if (hasEtag && isConflict) {
    return {
      reason: 'stale',
      code: 'http-status',
      message: `${target}: another process changed it since it was read; nothing was written`,
      hint: 'Run the command again. After a change, Secret Manager may return the older state for some minutes.',
    };
  }
  const isRejected =
    error instanceof CredentialsError ||
    refusals.has(answered?.status) ||
    failure.code === 'dns' ||
    failure.code === 'tls';
  if (isRejected) return { ...failure, reason: 'rejected' };
  return {
    ...failure,
    reason: 'unknown',
    message: `${failure.message}; the change may have been made all the same`,
    hint: runAgain,
  };
}

const runAgain = 'Run the command again: it reads what was written and continues from there.';

/** The API answered a write with what is not its resource. */
export function unreadableAnswer<T>(target: string): WriteOutcome<T> {
  const message = `${target}: the answer to the change cannot be read; the change may have been made all the same`;
  return { ok: false, error: { reason: 'unknown', code: 'invalid-response', message, hint: runAgain } };
}

/** A version was added, and it is not certain that it holds what was sent. */
export function unconfirmedPayload<T>(target: string, version: number): WriteOutcome<T> {
  const message = `${target}: version ${version} was added, but it cannot be confirmed that it holds what was sent`;
  const hint = `Disable version ${version}, and run the command again.`;
  return { ok: false, error: { reason: 'unknown', code: 'checksum', message, hint } };
}
