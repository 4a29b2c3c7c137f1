import { createHash } from 'node:crypto';
import type { Eventual } from './eventual.js';

/** Which secret is meant; `location` for a regional one. */
export interface SecretId {
  readonly project: string;
  readonly secret: string;
  readonly location?: string | undefined;
}

/** The numbers are those of the API's enum `SecretVersion.State`. */
export const versionStates = { ENABLED: 1, DISABLED: 2, DESTROYED: 3 } as const;
export type VersionState = keyof typeof versionStates;

/** One version. It is replaced by every write, never changed. */
export interface StoredVersion {
  readonly number: number;
  readonly createTime: Date;
  readonly state: VersionState;
  readonly destroyTime: Date | null;
  readonly etag: string;
  readonly payload: Buffer;
  /** The caller sent a checksum with the payload. */
  readonly hasClientChecksum: boolean;
  /** Answers with a checksum that does not match the payload. */
  readonly corrupt: boolean;
}

/** The fields of a secret that can be updated, and their etag. It is replaced by every write, never changed. */
export interface Metadata {
  readonly annotations: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  readonly versionAliases: ReadonlyMap<string, number>;
  readonly etag: string;
}

/** The versions to which `latest` and the aliases resolve. */
export interface Pointers {
  readonly latest: number | null;
  readonly aliases: ReadonlyMap<string, number>;
}

/** A secret with everything that belongs to it. */
export interface StoredSecret {
  /** Full resource name, with the project's number as the API answers it. */
  readonly name: string;
  readonly location: string | undefined;
  readonly createTime: Date;
  /** Oldest first. */
  readonly versions: Eventual<readonly StoredVersion[]>;
  readonly metadata: Eventual<Metadata>;
  readonly pointers: Eventual<Pointers>;
}

/** Permissions of the API's methods that are served here. */
export const permissions = [
  'secretmanager.secrets.create',
  'secretmanager.secrets.get',
  'secretmanager.secrets.list',
  'secretmanager.secrets.update',
  'secretmanager.versions.access',
  'secretmanager.versions.add',
  'secretmanager.versions.destroy',
  'secretmanager.versions.disable',
  'secretmanager.versions.enable',
  'secretmanager.versions.get',
  'secretmanager.versions.list',
] as const;
export type Permission = (typeof permissions)[number];

/** A project's number: made up, but always the same for the same project. */
export function projectNumber(project: string): string {
  if (/^\d+$/.test(project)) return project;
  return String(
    100_000_000_000 + (createHash('sha256').update(project).digest().readUInt32BE() % 899_999_999),
  );
}

/** The full resource name of a secret. */
export function nameOf(id: SecretId): string {
  const place = id.location === undefined ? '' : `/locations/${id.location}`;
  return `projects/${projectNumber(id.project)}${place}/secrets/${id.secret}`;
}
