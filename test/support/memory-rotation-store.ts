import { ApiError } from '../../src/demo/api-error.js';
import type { CallMoment } from '../../src/demo/secret-manager.js';
import type { Permission, SecretId, StoredVersion } from '../../src/demo/secret-resource.js';
import { checksum } from '../../src/demo/secret-rules.js';
import type { SecretStore } from '../../src/demo/secret-store.js';
import type { ReadError } from '../../src/model.js';
import { readErrorOfGoogle } from '../../src/observe/sources/google/failure.js';
import type { SecretPermission } from '../../src/observe/sources/google/permissions.js';
import type { RotationStore, RotationVersion, WriteOutcome } from '../../src/rotate/rotation-store.js';
import { writeErrorOf } from '../../src/rotate/store-answers.js';
import { Secret } from '../../src/secret/secret.js';

/** The outcome of a call: it proceeds, or its connection breaks. */
export type MemoryInterference = (moment: Omit<CallMoment, 'call'>) => 'continue' | 'drop';

/**
 * The rotation store of a secret in memory, without a server and a client: for tests of thousands of rotations. It
 * follows the rules of the embedded Secret Manager, with its delays and missing permissions, and its errors have the
 * same messages.
 */
export function memoryRotationStore(
  store: SecretStore,
  id: SecretId,
  interfere: MemoryInterference = () => 'continue',
): RotationStore {
  const target = `projects/${id.project}/secrets/${id.secret}`;

  const inWords = (error: unknown, permission: SecretPermission, version: string | null): ReadError =>
    readErrorOfGoogle(error, {
      project: id.project,
      secret: id.secret,
      location: null,
      endpoint: null,
      timeoutMs: 0,
      version,
      permission,
    });

  const carryOut = <T>(method: string, permission: Permission | null, run: () => T): T => {
    const step = <R>(at: CallMoment['at'], value: R): R => {
      if (interfere({ method, at }) === 'continue') return value;
      throw Object.assign(new Error('broken'), { code: 'ECONNRESET' });
    };
    step('before', null);
    try {
      if (permission !== null) store.authorize(permission, id.project, target);
      return step('after', run());
    } catch (error) {
      // As gaxios throws it.
      if (!(error instanceof ApiError)) throw error;
      throw Object.assign(new Error(JSON.stringify(error.body())), { status: error.httpStatus });
    }
  };

  const write = async <T>(
    permission: SecretPermission,
    method: string,
    run: () => T,
    { version, hasEtag = false }: { version?: number; hasEtag?: boolean } = {},
  ): Promise<WriteOutcome<T>> => {
    try {
      return { ok: true, value: carryOut(method, permission, run) };
    } catch (error) {
      const what = version === undefined ? target : `${target}/versions/${version}`;
      const failure = inWords(error, permission, version === undefined ? null : String(version));
      return { ok: false, error: writeErrorOf(error, failure, what, hasEtag) };
    }
  };

  return {
    target,
    readRotationSecret: async () => {
      let permission: SecretPermission = 'secretmanager.secrets.get';
      try {
        const metadata = carryOut('GetSecret', permission, () => store.metadata(store.secret(id)));
        permission = 'secretmanager.versions.list';
        // The newest version is always among them, as the interface promises.
        const versions = carryOut('ListSecretVersions', permission, () => [
          ...store.secret(id).versions.written,
        ]);
        const { annotations, versionAliases, etag } = metadata;
        return {
          ok: true,
          value: { annotations, versionAliases, etag, versions: versions.reverse().map(described) },
        };
      } catch (error) {
        return { ok: false, error: inWords(error, permission, null) };
      }
    },
    addVersion: (payload) =>
      write('secretmanager.versions.add', 'AddSecretVersion', () => {
        const data = Buffer.from(payload.reveal());
        return described(store.addVersion(id, data, checksum(data)));
      }),
    enable: (version) =>
      write(
        'secretmanager.versions.enable',
        'EnableSecretVersion',
        () => described(store.enable(id, String(version))),
        { version },
      ),
    disable: (version, etag) =>
      write(
        'secretmanager.versions.disable',
        'DisableSecretVersion',
        () => described(store.disable(id, String(version), etag)),
        { version, hasEtag: true },
      ),
    update: ({ annotations, versionAliases }, etag) =>
      write(
        'secretmanager.secrets.update',
        'UpdateSecret',
        () => ({ etag: store.update(id, { annotations, versionAliases }, etag).metadata.written.etag }),
        { hasEtag: true },
      ),
    accessByNumber: async (version) => {
      const permission = 'secretmanager.versions.access';
      try {
        const { payload } = carryOut('AccessSecretVersion', permission, () =>
          store.access(id, String(version)),
        );
        return { ok: true, value: new Secret(payload) };
      } catch (error) {
        return { ok: false, error: inWords(error, permission, String(version)) };
      }
    },
    missingPermissions: async (permissions) => {
      try {
        const granted = carryOut('TestIamPermissions', null, () => store.granted(id, permissions));
        const isMissing = (permission: SecretPermission) => !granted.some((one) => one === permission);
        return { ok: true, value: permissions.filter(isMissing) };
      } catch (error) {
        return { ok: false, error: inWords(error, 'secretmanager.secrets.get', null) };
      }
    },
  };
}

function described({ number, state, createTime, etag }: StoredVersion): RotationVersion {
  return { number, state, createTime: createTime.toISOString(), etag };
}
