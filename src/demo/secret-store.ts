import { ApiError, permissionDenied, staleEtag } from './api-error.js';
import { Eventual, type Lag } from './eventual.js';
import {
  type Metadata,
  nameOf,
  type Permission,
  permissions,
  projectNumber,
  type SecretId,
  type StoredSecret,
  type StoredVersion,
  type VersionState,
} from './secret-resource.js';
import { checkAliases, checkAnnotations, checkLabels, checkPayload, checkSecretId } from './secret-rules.js';

/** The fields that an update changes: those that are there. */
export type MetadataChange = Partial<Omit<Metadata, 'etag'>>;

/**
 * The parts that are eventually consistent, and their delays. Google promises strong reads only for a version by its
 * number (https://cloud.google.com/secret-manager/docs/reference/consistency).
 */
export interface Lags {
  /** `latest` and aliases. */
  pointers: Lag;
  /** The answers of GetSecret and ListSecrets: annotations, labels, aliases and their etag. */
  metadata: Lag;
  /** The answer of ListSecretVersions. */
  versions: Lag;
}

/**
 * Secrets and their versions with the rules of Secret Manager. Numbers are never reused, `latest` is the newest version
 * in any state, and only an enabled version returns its payload. Throws `ApiError` as the API would answer.
 */
export class SecretStore {
  /** None, until it is set: every read is strong. */
  readonly lag: Lags = { pointers: {}, metadata: {}, versions: {} };
  readonly #secrets = new Map<string, StoredSecret>();
  readonly #denied = new Set<Permission>();
  readonly #now: () => Date;
  #lastEtag = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Adds a version without any check, and creates the secret if it is missing; returns the version's number. */
  add(id: SecretId, payload: string | Uint8Array): string {
    const secret = this.#secrets.get(nameOf(id)) ?? this.#make(id, {});
    return String(this.#append(secret, Buffer.from(payload), false).number);
  }

  /** CreateSecret. */
  create(id: SecretId, initial: MetadataChange): StoredSecret {
    checkSecretId(id.secret);
    const name = nameOf(id);
    if (this.#secrets.has(name)) throw new ApiError('ALREADY_EXISTS', `Secret [${name}] already exists.`);
    checkMetadata(initial, () => false);
    return this.#make(id, initial);
  }

  /** AddSecretVersion. Not idempotent: there is no request id, so the same call again adds another version. */
  addVersion(id: SecretId, payload: Buffer, clientChecksum: string | null): StoredVersion {
    checkPayload(payload, clientChecksum);
    return this.#append(this.secret(id), payload, clientChecksum !== null);
  }

  /** UpdateSecret. Every update changes the etag, even one without a change. */
  update(id: SecretId, change: MetadataChange, etag: string | null): StoredSecret {
    const secret = this.secret(id);
    const before = secret.metadata.written;
    if (etag !== null && etag !== before.etag) throw staleEtag();
    checkMetadata(change, (number) => secret.versions.written.some((version) => version.number === number));
    this.#write(secret, change);
    return secret;
  }

  disable(id: SecretId, version: string, etag: string | null = null): StoredVersion {
    return this.#move(id, version, 'DISABLED', etag);
  }

  enable(id: SecretId, version: string, etag: string | null = null): StoredVersion {
    return this.#move(id, version, 'ENABLED', etag);
  }

  /** Permanent: the payload is destroyed. */
  destroy(id: SecretId, version: string, etag: string | null = null): StoredVersion {
    return this.#move(id, version, 'DESTROYED', etag);
  }

  alias(id: SecretId, alias: string, version: string): void {
    const secret = this.secret(id);
    const { number } = this.version(id, version);
    this.#write(secret, {
      versionAliases: new Map(secret.metadata.written.versionAliases).set(alias, number),
    });
  }

  /** From now on this version is returned with a checksum that does not match. */
  corrupt(id: SecretId, version: string): void {
    const found = this.version(id, version);
    this.#replace(this.secret(id), { ...found, corrupt: true });
  }

  /** Removes a permission from every caller. */
  deny(permission: Permission): void {
    this.#denied.add(permission);
  }

  /** Restores a permission. */
  allow(permission: Permission): void {
    this.#denied.delete(permission);
  }

  /** The subset of the permissions that a caller has on a secret: none if the secret does not exist. */
  granted(id: SecretId, asked: readonly string[]): string[] {
    if (!this.#secrets.has(nameOf(id))) return [];
    return permissions.filter((one) => asked.includes(one) && !this.#denied.has(one));
  }

  /** Throws if the permission was removed, or if the project has no secrets and none is being created. */
  authorize(permission: Permission, project: string, resource: string): void {
    const prefix = `projects/${projectNumber(project)}/`;
    const isKnown =
      permission === 'secretmanager.secrets.create' ||
      [...this.#secrets.keys()].some((name) => name.startsWith(prefix));
    if (!isKnown || this.#denied.has(permission)) throw permissionDenied(permission, resource);
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
    const { latest, aliases } = /^\d+$/.test(version)
      ? secret.pointers.written
      : secret.pointers.read(this.#now());
    const number = version === 'latest' ? latest : (aliases.get(version) ?? Number(version));
    const found = secret.versions.written.find((one) => one.number === number);
    if (found !== undefined) return found;
    throw new ApiError('NOT_FOUND', `Secret Version [${secret.name}/versions/${version}] not found.`);
  }

  /** A version whose payload may be returned. */
  access(id: SecretId, version: string): StoredVersion {
    const found = this.version(id, version);
    if (found.state === 'ENABLED') return found;
    const name = `${nameOf(id)}/versions/${found.number}`;
    throw new ApiError('FAILED_PRECONDITION', `Secret Version [${name}] is in ${found.state} state.`);
  }

  /** The metadata of a secret for a reader now. */
  metadata(secret: StoredSecret): Metadata {
    return secret.metadata.read(this.#now());
  }

  /** The versions of a secret as a list returns them now, newest first. */
  versions(secret: StoredSecret): StoredVersion[] {
    return [...secret.versions.read(this.#now())].reverse();
  }

  /** The secrets of a project and a location, by name. */
  secrets(project: string, location: string | undefined): StoredSecret[] {
    const prefix = `projects/${projectNumber(project)}/`;
    return [...this.#secrets.values()]
      .filter((secret) => secret.name.startsWith(prefix) && secret.location === location)
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  #make(id: SecretId, initial: MetadataChange): StoredSecret {
    const none = { annotations: new Map(), labels: new Map(), versionAliases: new Map() };
    const secret: StoredSecret = {
      name: nameOf(id),
      location: id.location,
      createTime: this.#now(),
      versions: new Eventual<readonly StoredVersion[]>([]),
      metadata: new Eventual<Metadata>({ ...none, ...initial, etag: this.#nextEtag() }),
      pointers: new Eventual({ latest: null, aliases: new Map() }),
    };
    this.#secrets.set(secret.name, secret);
    return secret;
  }

  #append(secret: StoredSecret, payload: Buffer, hasClientChecksum: boolean): StoredVersion {
    const before = secret.versions.written;
    const version: StoredVersion = {
      number: (before.at(-1)?.number ?? 0) + 1,
      createTime: this.#now(),
      state: 'ENABLED',
      destroyTime: null,
      etag: this.#nextEtag(),
      payload,
      hasClientChecksum,
      corrupt: false,
    };
    secret.versions.write([...before, version], this.lag.versions, this.#now());
    const pointers = { ...secret.pointers.written, latest: version.number };
    secret.pointers.write(pointers, this.lag.pointers, this.#now());
    return version;
  }

  #write(secret: StoredSecret, change: MetadataChange): void {
    const metadata = { ...secret.metadata.written, ...change, etag: this.#nextEtag() };
    secret.metadata.write(metadata, this.lag.metadata, this.#now());
    if (change.versionAliases === undefined) return;
    const pointers = { ...secret.pointers.written, aliases: change.versionAliases };
    secret.pointers.write(pointers, this.lag.pointers, this.#now());
  }

  /** A version that is in this state already gets a new etag too: the call was intentional. */
  #move(id: SecretId, version: string, state: VersionState, etag: string | null): StoredVersion {
    const found = this.version(id, version);
    if (found.state === 'DESTROYED') {
      throw new ApiError('FAILED_PRECONDITION', 'SecretVersion.state is already DESTROYED.');
    }
    if (etag !== null && etag !== found.etag) throw staleEtag();
    const gone = state === 'DESTROYED' ? { payload: Buffer.alloc(0), destroyTime: this.#now() } : {};
    return this.#replace(this.secret(id), { ...found, state, ...gone, etag: this.#nextEtag() });
  }

  #replace(secret: StoredSecret, version: StoredVersion): StoredVersion {
    const versions = secret.versions.written.map((one) => (one.number === version.number ? version : one));
    secret.versions.write(versions, this.lag.versions, this.#now());
    return version;
  }

  /** In the API's form: 14 hex digits in quotation marks, and never the same twice. */
  #nextEtag(): string {
    this.#lastEtag = Math.max(this.#lastEtag + 1, this.#now().getTime() * 1000);
    return `"${this.#lastEtag.toString(16).padStart(14, '0')}"`;
  }
}

function checkMetadata(change: MetadataChange, exists: (number: number) => boolean): void {
  if (change.annotations !== undefined) checkAnnotations(change.annotations);
  if (change.labels !== undefined) checkLabels(change.labels);
  if (change.versionAliases !== undefined) checkAliases(change.versionAliases, exists);
}
