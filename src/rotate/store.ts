import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import crc32c from 'crc-32/crc32c.js';
import type { CallOptions } from 'google-gax';
import type { SourceSettings } from '../config/schema.js';
import type { ReadError } from '../model.js';
import type { ObserveContext } from '../observe/context.js';
import type { Outcome } from '../observe/network/network.js';
import { apiFailureOf } from '../observe/sources/google/api-failure.js';
import { access, call, longestList, type Place, pageSize } from '../observe/sources/google/calls.js';
import { readErrorOfGoogle } from '../observe/sources/google/failure.js';
import {
  type GoogleSecret,
  googleSecretManager,
  placeOf,
} from '../observe/sources/google/google-secret-manager.js';
import type { SecretPermission } from '../observe/sources/google/permissions.js';
import type { Secret } from '../secret/secret.js';
import type {
  RotationMetadata,
  RotationSecret,
  RotationStore,
  RotationVersion,
  WriteOutcome,
} from './rotation-store.js';
import {
  metadataOf,
  unconfirmedPayload,
  unreadableAnswer,
  versionOf,
  writeErrorOf,
} from './store-answers.js';

/** Versions newer than the newest of the list that are looked for one by one. */
const mostUnlisted = 20;

/** Whether a source is a secret that can be rotated. */
export const isRotatable = (source: SourceSettings | undefined): source is GoogleSecret =>
  source?.kind === 'google-secret-manager';

/** The rotation store of a secret in Secret Manager, through Google's own client. */
export function openRotationStore(source: GoogleSecret, context: ObserveContext): Outcome<RotationStore> {
  const place = placeOf(source, context);
  if (!place.ok) return place;
  const target = googleSecretManager.target(source, context);
  return { ok: true, value: new GoogleRotationStore(place.value, target, context) };
}

/** What a write takes, for its errors. */
interface Write {
  readonly permission: SecretPermission;
  readonly version?: number;
  readonly hasEtag?: boolean;
}

type Ask<T> = (api: SecretManagerServiceClient, options: CallOptions) => Promise<T>;

class GoogleRotationStore implements RotationStore {
  readonly target: string;
  readonly #place: Place;
  readonly #context: ObserveContext;

  constructor(place: Place, target: string, context: ObserveContext) {
    this.#place = place;
    this.target = target;
    this.#context = context;
  }

  async readRotationSecret(): Promise<Outcome<RotationSecret>> {
    const { name } = this.#place;
    const [secret, versions] = await Promise.all([
      this.#read('secretmanager.secrets.get', async () =>
        this.#repeatable(async (api, options) => (await api.getSecret({ name }, options))[0]),
      ),
      this.#read('secretmanager.versions.list', () => this.#versions()),
    ]);
    if (!secret.ok) return secret;
    if (!versions.ok) return versions;
    const etag = secret.value.etag ?? '';
    if (etag === '') {
      const message = `${this.target}: the answer has no etag, without which nothing can be written safely`;
      return { ok: false, error: { code: 'invalid-response', message } };
    }
    return { ok: true, value: { ...metadataOf(secret.value), etag, versions: versions.value } };
  }

  addVersion(payload: Secret): Promise<WriteOutcome<RotationVersion>> {
    return this.#write({ permission: 'secretmanager.versions.add' }, async () => {
      const data = payload.reveal();
      const request = {
        parent: this.#place.name,
        payload: { data, dataCrc32c: crc32c.buf(data) >>> 0 },
      };
      const answer = await this.#once(
        async (api, options) => (await api.addSecretVersion(request, options))[0],
      );
      const added = versionOf(answer);
      if (added === null) return unreadableAnswer(this.target);
      if (answer.clientSpecifiedPayloadChecksum === true) return { ok: true, value: added };
      // The checksum did not arrive, or this is an emulator that knows none: compare what is stored.
      const stored = await this.accessByNumber(added.number);
      return stored.ok && stored.value.equals(payload)
        ? { ok: true, value: added }
        : unconfirmedPayload(this.target, added.number);
    });
  }

  enable(version: number): Promise<WriteOutcome<RotationVersion>> {
    const request = { name: this.#nameOf(version) };
    return this.#write({ permission: 'secretmanager.versions.enable', version }, async () => {
      const answer = await this.#repeatable(
        async (api, options) => (await api.enableSecretVersion(request, options))[0],
      );
      return this.#changed(answer, version);
    });
  }

  disable(version: number, etag: string): Promise<WriteOutcome<RotationVersion>> {
    const request = { name: this.#nameOf(version), etag };
    const write: Write = { permission: 'secretmanager.versions.disable', version, hasEtag: true };
    return this.#write(write, async () => {
      const answer = await this.#once(
        async (api, options) => (await api.disableSecretVersion(request, options))[0],
      );
      return this.#changed(answer, version);
    });
  }

  update(metadata: RotationMetadata, etag: string): Promise<WriteOutcome<{ readonly etag: string }>> {
    const request = {
      secret: {
        name: this.#place.name,
        etag,
        annotations: Object.fromEntries(metadata.annotations),
        versionAliases: Object.fromEntries(metadata.versionAliases),
      },
      updateMask: { paths: ['annotations', 'version_aliases'] },
    };
    return this.#write({ permission: 'secretmanager.secrets.update', hasEtag: true }, async () => {
      const answer = await this.#once(async (api, options) => (await api.updateSecret(request, options))[0]);
      const next = answer.etag ?? '';
      return next === '' ? unreadableAnswer(this.target) : { ok: true, value: { etag: next } };
    });
  }

  async accessByNumber(version: number): Promise<Outcome<Secret>> {
    const accessed = await access(this.#place, String(version), this.#context);
    if (!accessed.ok) return accessed;
    if (accessed.value.version === String(version)) return { ok: true, value: accessed.value.secret };
    const message = `${this.target}: the answer holds version ${accessed.value.version} instead of ${version}`;
    return { ok: false, error: { code: 'invalid-response', message } };
  }

  missingPermissions(
    permissions: readonly SecretPermission[],
  ): Promise<Outcome<readonly SecretPermission[]>> {
    return this.#read('secretmanager.secrets.get', async () => {
      const request = { resource: this.#place.name, permissions: [...permissions] };
      const answer = await this.#repeatable(
        async (api, options) => (await api.testIamPermissions(request, options))[0],
      );
      const granted = new Set(answer.permissions ?? []);
      return permissions.filter((permission) => !granted.has(permission));
    });
  }

  /** All versions, newest first. The list is eventually consistent, so what it lacks is looked for by number. */
  async #versions(): Promise<RotationVersion[]> {
    const listed: RotationVersion[] = [];
    let pageToken = '';
    for (let page = 0; page < longestList; page += 1) {
      const request = { parent: this.#place.name, pageSize, pageToken };
      const answer = await this.#repeatable(async (api, options) => {
        const [, , response] = await api.listSecretVersions(request, { ...options, autoPaginate: false });
        return response;
      });
      listed.push(...(answer.versions ?? []).flatMap((one) => versionOf(one) ?? []));
      pageToken = answer.nextPageToken ?? '';
      if (pageToken === '') break;
    }
    listed.sort((a, b) => b.number - a.number);
    const first = (listed[0]?.number ?? 0) + 1;
    for (let number = first; number < first + mostUnlisted; number += 1) {
      const newer = await this.#versionByNumber(number);
      if (newer === null) break;
      listed.unshift(newer);
    }
    return listed;
  }

  /** `null` where there is none, or where it cannot be asked for: the list alone then has to do. */
  async #versionByNumber(number: number): Promise<RotationVersion | null> {
    const request = { name: this.#nameOf(number) };
    try {
      const answer = await this.#repeatable(
        async (api, options) => (await api.getSecretVersion(request, options))[0],
      );
      return versionOf(answer);
    } catch (error) {
      const status = apiFailureOf(error)?.status;
      if (status === 'NOT_FOUND' || status === 'PERMISSION_DENIED') return null;
      throw error;
    }
  }

  /** The answer to a change of a version's state, which has to be about that version. */
  #changed(answer: Parameters<typeof versionOf>[0], version: number): WriteOutcome<RotationVersion> {
    const value = versionOf(answer);
    return value?.number === version ? { ok: true, value } : unreadableAnswer(this.target);
  }

  #nameOf(version: number): string {
    return `${this.#place.name}/versions/${version}`;
  }

  #repeatable<T>(ask: Ask<T>): Promise<T> {
    return call(this.#place, this.#context, ask);
  }

  #once<T>(ask: Ask<T>): Promise<T> {
    return call(this.#place, this.#context, ask, false);
  }

  async #read<T>(permission: SecretPermission, run: () => Promise<T>): Promise<Outcome<T>> {
    try {
      return { ok: true, value: await run() };
    } catch (error) {
      return { ok: false, error: this.#inWords(error, permission, null) };
    }
  }

  async #write<T>(write: Write, run: () => Promise<WriteOutcome<T>>): Promise<WriteOutcome<T>> {
    const { permission, version, hasEtag = false } = write;
    const what = version === undefined ? this.target : `${this.target}/versions/${version}`;
    try {
      return await run();
    } catch (error) {
      const failure = this.#inWords(error, permission, version === undefined ? null : String(version));
      return { ok: false, error: writeErrorOf(error, failure, what, hasEtag) };
    }
  }

  #inWords(error: unknown, permission: SecretPermission, version: string | null): ReadError {
    return readErrorOfGoogle(error, { ...this.#place.subject, permission, version });
  }
}
