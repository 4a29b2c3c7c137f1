import { ApiError, invalidArgument } from './api-error.js';
import {
  addVersionMessage,
  describePayload,
  describeSecret,
  describeVersion,
  maskedChange,
  parseBody,
  payloadIn,
  secretMessage,
  stateChangeMessage,
  testIamPermissionsMessage,
} from './secret-manager-messages.js';
import type { Permission, SecretId, StoredVersion } from './secret-resource.js';
import type { SecretStore } from './secret-store.js';

/** The kind of resource that the path of a request names. */
export type ResourceKind = 'secrets' | 'secret' | 'versions' | 'version';

/** One call of a method. */
export interface Call {
  readonly store: SecretStore;
  /** `secret` is empty if the path names none. */
  readonly id: SecretId;
  /** A number, an alias or `latest`; empty if the path names none. */
  readonly version: string;
  readonly query: URLSearchParams;
  /** The parsed JSON body; `null` if there is none. */
  readonly body: unknown;
  /** Answer enums as numbers. */
  readonly numeric: boolean;
}

/** A method of the API: its route, its required permission, and its implementation. */
export interface Method {
  /** Name in the service google.cloud.secretmanager.v1.SecretManagerService. */
  readonly rpc: string;
  readonly http: 'GET' | 'POST' | 'PATCH';
  readonly on: ResourceKind;
  /** The verb behind the colon of the path. */
  readonly verb?: string;
  readonly permission: Permission | null;
  readonly run: (call: Call) => unknown;
}

const defaultPageSize = 100;

/** Every method that is served (https://cloud.google.com/secret-manager/docs/reference/rest). */
export const methods: readonly Method[] = [
  {
    rpc: 'ListSecrets',
    http: 'GET',
    on: 'secrets',
    permission: 'secretmanager.secrets.list',
    run: ({ store, id, query }) => {
      const page = paged(store.secrets(id.project, id.location), query);
      return { secrets: page.items.map((one) => describeSecret(one, store.metadata(one))), ...page.rest };
    },
  },
  {
    rpc: 'CreateSecret',
    http: 'POST',
    on: 'secrets',
    permission: 'secretmanager.secrets.create',
    run: ({ store, id, query, body }) => {
      const secret = query.get('secretId') ?? query.get('secret_id') ?? '';
      const { annotations, labels, versionAliases, replication } = parseBody(secretMessage, body);
      if (replication === undefined && id.location === undefined) {
        throw invalidArgument('secret.replication', 'Field [secret.replication] is required.');
      }
      const given = Object.entries({ annotations, labels, versionAliases });
      const initial = Object.fromEntries(given.filter(([, value]) => value !== undefined));
      const created = store.create({ ...id, secret }, initial);
      return describeSecret(created, created.metadata.written);
    },
  },
  {
    rpc: 'GetSecret',
    http: 'GET',
    on: 'secret',
    permission: 'secretmanager.secrets.get',
    run: ({ store, id }) => {
      const secret = store.secret(id);
      return describeSecret(secret, store.metadata(secret));
    },
  },
  {
    rpc: 'UpdateSecret',
    http: 'PATCH',
    on: 'secret',
    permission: 'secretmanager.secrets.update',
    run: ({ store, id, query, body }) => {
      const sent = parseBody(secretMessage, body);
      const change = maskedChange(sent, query.get('updateMask') ?? query.get('update_mask'));
      const updated = store.update(id, change, given(sent.etag));
      return describeSecret(updated, updated.metadata.written);
    },
  },
  {
    rpc: 'AddSecretVersion',
    http: 'POST',
    on: 'secret',
    verb: 'addVersion',
    permission: 'secretmanager.versions.add',
    run: ({ store, id, body, numeric }) => {
      const { data, checksum } = payloadIn(parseBody(addVersionMessage, body));
      return describeVersion(store.secret(id).name, store.addVersion(id, data, checksum), numeric);
    },
  },
  {
    rpc: 'TestIamPermissions',
    http: 'POST',
    on: 'secret',
    verb: 'testIamPermissions',
    permission: null,
    run: ({ store, id, body }) => {
      const { permissions } = parseBody(testIamPermissionsMessage, body);
      const unfit = permissions.find((one) => !/^secretmanager\.(secrets|versions)\.[A-Za-z]+$/.test(one));
      if (unfit !== undefined) {
        throw invalidArgument('permissions', `Permission ${unfit} is not valid for this resource.`);
      }
      const granted = store.granted(id, permissions);
      return granted.length === 0 ? {} : { permissions: granted };
    },
  },
  {
    rpc: 'ListSecretVersions',
    http: 'GET',
    on: 'versions',
    permission: 'secretmanager.versions.list',
    run: ({ store, id, query, numeric }) => {
      const secret = store.secret(id);
      const filter = query.get('filter') ?? '';
      const page = paged(filtered(store.versions(secret), filter), query);
      return { versions: page.items.map((one) => describeVersion(secret.name, one, numeric)), ...page.rest };
    },
  },
  {
    rpc: 'GetSecretVersion',
    http: 'GET',
    on: 'version',
    permission: 'secretmanager.versions.get',
    run: ({ store, id, version, numeric }) =>
      describeVersion(store.secret(id).name, store.version(id, version), numeric),
  },
  {
    rpc: 'AccessSecretVersion',
    http: 'GET',
    on: 'version',
    verb: 'access',
    permission: 'secretmanager.versions.access',
    run: ({ store, id, version }) => {
      const found = store.access(id, version);
      return { name: `${store.secret(id).name}/versions/${found.number}`, payload: describePayload(found) };
    },
  },
  stateChange('enable', 'EnableSecretVersion'),
  stateChange('disable', 'DisableSecretVersion'),
  stateChange('destroy', 'DestroySecretVersion'),
];

/** Only reads take an alias: these take the number alone. */
function stateChange(verb: 'enable' | 'disable' | 'destroy', rpc: string): Method {
  return {
    rpc,
    http: 'POST',
    on: 'version',
    verb,
    permission: `secretmanager.versions.${verb}`,
    run: ({ store, id, version, body, numeric }) => {
      const { etag } = parseBody(stateChangeMessage, body);
      if (!/^\d+$/.test(version))
        throw new ApiError('INVALID_ARGUMENT', 'Request contains an invalid argument.');
      return describeVersion(store.secret(id).name, store[verb](id, version, given(etag)), numeric);
    },
  };
}

/** An empty text means missing, as in every proto3 message. */
const given = (etag: string | undefined): string | null => (etag === undefined || etag === '' ? null : etag);

/** The only filter that is used in practice: `state:ENABLED`, also written `state=ENABLED`. */
function filtered(versions: readonly StoredVersion[], filter: string): readonly StoredVersion[] {
  if (filter === '') return versions;
  const state = /^state\s*[:=]\s*"?(\w+)"?$/i.exec(filter.trim())?.[1]?.toUpperCase();
  if (state === undefined) throw new ApiError('INVALID_ARGUMENT', 'Invalid filter.');
  return versions.filter((version) => version.state === state);
}

/** One page. `totalSize` is omitted if a filter is set, as in the API. */
function paged<T>(all: readonly T[], query: URLSearchParams) {
  const size = Number(query.get('pageSize') || defaultPageSize);
  const start = Number(query.get('pageToken') || 0);
  if (!Number.isInteger(size) || size < 0 || !Number.isInteger(start)) {
    throw new ApiError('INVALID_ARGUMENT', 'Request contains an invalid argument.');
  }
  const end = start + (size || defaultPageSize);
  const next = end < all.length ? { nextPageToken: String(end) } : {};
  const total = (query.get('filter') ?? '') === '' ? { totalSize: all.length } : {};
  return { items: all.slice(start, end), rest: { ...next, ...total } };
}
