import type { protos } from '@google-cloud/secret-manager';
import type { ReadError } from '../model.js';
import { apiFailureOf } from '../observe/sources/google/api-failure.js';
import { numberIn, timeOf } from '../observe/sources/google/calls.js';
import { CredentialsError } from '../observe/sources/google/failure.js';
import type { RotationMetadata, RotationVersion, WriteError, WriteOutcome } from './rotation-store.js';

type ISecret = protos.google.cloud.secretmanager.v1.ISecret;
type ISecretVersion = protos.google.cloud.secretmanager.v1.ISecretVersion;

/** The part of the API's secret that a rotation writes. */
export function metadataOf(secret: ISecret): RotationMetadata {
  const aliases = Object.entries(secret.versionAliases ?? {});
  return {
    annotations: new Map(Object.entries(secret.annotations ?? {})),
    versionAliases: new Map(aliases.map(([alias, number]) => [alias, Number(number)])),
  };
}

/** The API's version; `null` where the answer is not one. */
export function versionOf(answer: ISecretVersion): RotationVersion | null {
  const number = numberIn(answer.name);
  const state = stateOf(answer.state);
  if (number === null || state === null) return null;
  return { number, state, createTime: timeOf(answer.createTime), etag: answer.etag ?? '' };
}

/** REST and gRPC write the enum differently. */
function stateOf(state: ISecretVersion['state']): RotationVersion['state'] | null {
  if (state === 'ENABLED' || state === 1) return 'ENABLED';
  if (state === 'DISABLED' || state === 2) return 'DISABLED';
  return state === 'DESTROYED' || state === 3 ? 'DESTROYED' : null;
}

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
