import { createHash } from 'node:crypto';
import { ApiError, permissionDenied } from './api-error.js';

/** Which secret is meant; `location` for a regional one. */
export interface SecretId {
  readonly project: string;
  readonly secret: string;
  readonly location?: string | undefined;
}

/** The numbers are those of the API's enum `SecretVersion.State`. */
export const versionStates = { ENABLED: 1, DISABLED: 2, DESTROYED: 3 } as const;
export type VersionState = keyof typeof versionStates;

export interface StoredVersion {
  readonly number: number;
  readonly createTime: Date;
  state: VersionState;
  destroyTime: Date | null;
  payload: Buffer;
  /** Answer with a checksum that does not fit the payload. */
  corrupt: boolean;
}

export interface StoredSecret {
  /** Full resource name, with the project's number as the API answers it. */
  readonly name: string;
  readonly location: string | undefined;
  readonly createTime: Date;
  /** Oldest first. */
  readonly versions: StoredVersion[];
  readonly aliases: Map<string, number>;
}

/** Permissions of the API's methods that are served here. */
export type Permission =
  | 'secretmanager.versions.access'
  | 'secretmanager.versions.get'
  | 'secretmanager.versions.list'
  | 'secretmanager.secrets.get'
  | 'secretmanager.secrets.list';

/** A project's number: made up, but always the same for the same project. */
export function projectNumber(project: string): string {
  if (/^\d+$/.test(project)) return project;
  return String(
    100_000_000_000 + (createHash('sha256').update(project).digest().readUInt32BE() % 899_999_999),
  );
}

/**
 * Secrets and their versions with the rules of Secret Manager: numbers are never reused, `latest` is the newest version
 * in whatever state, and only an enabled version gives its payload. Throws `ApiError` as the API would answer.
 */
export class SecretStore {
  readonly #secrets = new Map<string, StoredSecret>();
  readonly #denied = new Set<Permission>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Adds a version, and the secret where there is none; the version's number. */
  add(id: SecretId, payload: string | Uint8Array): string {
    const key = nameOf(id);
    const secret: StoredSecret = this.#secrets.get(key) ?? {
      name: key,
      location: id.location,
      createTime: this.#now(),
      versions: [],
      aliases: new Map(),
    };
    this.#secrets.set(key, secret);
    const number = (secret.versions.at(-1)?.number ?? 0) + 1;
    secret.versions.push({
      number,
      createTime: this.#now(),
      state: 'ENABLED',
      destroyTime: null,
      payload: Buffer.from(payload),
      corrupt: false,
    });
    return String(number);
  }

  disable(id: SecretId, version: string): void {
    this.#change(id, version, 'DISABLED');
  }

  enable(id: SecretId, version: string): void {
    this.#change(id, version, 'ENABLED');
  }

  /** For good: the payload is gone. */
  destroy(id: SecretId, version: string): void {
    const found = this.#change(id, version, 'DESTROYED');
    found.destroyTime = this.#now();
    found.payload = Buffer.alloc(0);
  }

  alias(id: SecretId, alias: string, version: string): void {
    const { number } = this.version(id, version);
    this.secret(id).aliases.set(alias, number);
  }

  /** From now on this version is answered with a checksum that does not fit. */
  corrupt(id: SecretId, version: string): void {
    this.version(id, version).corrupt = true;
  }

  /** Takes a permission away from everybody. */
  deny(permission: Permission): void {
    this.#denied.add(permission);
  }

  /** Throws where the permission was taken away, or the project has no secret at all. */
  authorize(permission: Permission, project: string, resource: string): void {
    const prefix = `projects/${projectNumber(project)}/`;
    const known = [...this.#secrets.keys()].some((name) => name.startsWith(prefix));
    if (!known || this.#denied.has(permission)) throw permissionDenied(permission, resource);
  }

  secret(id: SecretId, missing = 'not found.'): StoredSecret {
    const name = nameOf(id);
    const secret = this.#secrets.get(name);
    if (secret === undefined) throw new ApiError('NOT_FOUND', `Secret [${name}] ${missing}`);
    return secret;
  }

  /** A version by number, alias or `latest`. */
  version(id: SecretId, version: string): StoredVersion {
    const secret = this.secret(id, 'not found or has no versions.');
    const number = secret.aliases.get(version) ?? Number(version);
    const found =
      version === 'latest' ? secret.versions.at(-1) : secret.versions.find((one) => one.number === number);
    if (found !== undefined) return found;
    throw new ApiError('NOT_FOUND', `Secret Version [${secret.name}/versions/${version}] not found.`);
  }

  /** A version whose payload may be given out. */
  access(id: SecretId, version: string): StoredVersion {
    const found = this.version(id, version);
    if (found.state === 'ENABLED') return found;
    const name = `${nameOf(id)}/versions/${found.number}`;
    throw new ApiError('FAILED_PRECONDITION', `Secret Version [${name}] is in ${found.state} state.`);
  }

  /** The secrets of a project and a location, by name. */
  secrets(project: string, location: string | undefined): StoredSecret[] {
    const prefix = `projects/${projectNumber(project)}/`;
    return [...this.#secrets.values()]
      .filter((secret) => secret.name.startsWith(prefix) && secret.location === location)
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  #change(id: SecretId, version: string, state: VersionState): StoredVersion {
    const found = this.version(id, version);
    if (found.state === 'DESTROYED' && state !== 'DESTROYED') {
      const name = `${nameOf(id)}/versions/${found.number}`;
      throw new ApiError('FAILED_PRECONDITION', `Secret Version [${name}] is in DESTROYED state.`);
    }
    found.state = state;
    return found;
  }
}

function nameOf(id: SecretId): string {
  const place = id.location === undefined ? '' : `/locations/${id.location}`;
  return `projects/${projectNumber(id.project)}${place}/secrets/${id.secret}`;
}
