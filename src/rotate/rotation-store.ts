import type { ReadError } from '../model.js';
import type { Outcome } from '../observe/network/network.js';
import type { SecretPermission } from '../observe/sources/google/permissions.js';
import type { Secret } from '../secret/secret.js';

/** One version of the secret, without its payload. */
export interface RotationVersion {
  readonly number: number;
  readonly state: 'ENABLED' | 'DISABLED' | 'DESTROYED';
  /** RFC 3339; `null` where the store does not say. */
  readonly createTime: string | null;
  /** Changes with every write to the version. */
  readonly etag: string;
}

/** The part of the secret that a rotation writes. */
export interface RotationMetadata {
  readonly annotations: ReadonlyMap<string, string>;
  /** Version numbers by alias. */
  readonly versionAliases: ReadonlyMap<string, number>;
}

/** The secret as it was read: its metadata with the etag that a write has to name, and its versions. */
export interface RotationSecret extends RotationMetadata {
  /** Changes with every update of the secret, not with its versions. */
  readonly etag: string;
  /** Newest first, in every state. */
  readonly versions: readonly RotationVersion[];
}

/** Why a write failed, and what it may have left behind. */
export interface WriteError extends ReadError {
  /**
   * `rejected`: nothing was written. `stale`: nothing was written, because another process wrote since the secret was
   * read. `unknown`: no answer arrived, so it may have been written; read before writing again.
   */
  readonly reason: 'rejected' | 'stale' | 'unknown';
}

/** What came of a write. */
export type WriteOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: WriteError };

/**
 * The store that holds the keys and the state of a rotation. Failures are data. No write is repeated on its own,
 * unless doing it twice is the same as doing it once.
 */
export interface RotationStore {
  /** Name of the secret, fit to be shown. */
  readonly target: string;
  /**
   * Reads metadata and versions. The metadata may be older than the last write, which its etag reveals; the newest
   * version is always among the versions.
   */
  readRotationSecret(): Promise<Outcome<RotationSecret>>;
  /** Adds a version. Twice makes two versions: read before trying again. */
  addVersion(payload: Secret): Promise<WriteOutcome<RotationVersion>>;
  /** Enables a version, also one that is enabled. */
  enable(version: number): Promise<WriteOutcome<RotationVersion>>;
  /** Disables a version, if it is still the one with this etag. */
  disable(version: number, etag: string): Promise<WriteOutcome<RotationVersion>>;
  /**
   * Replaces all annotations and all aliases in one write, if the secret is still the one with this etag. Those that
   * are not given are removed. The new etag.
   */
  update(metadata: RotationMetadata, etag: string): Promise<WriteOutcome<{ readonly etag: string }>>;
  /** The payload of a version by its number, which is the only strongly consistent read. */
  accessByNumber(version: number): Promise<Outcome<Secret>>;
  /** Those of the permissions that are not granted on the secret. */
  missingPermissions(permissions: readonly SecretPermission[]): Promise<Outcome<readonly SecretPermission[]>>;
}
