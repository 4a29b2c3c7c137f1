import crc32c from 'crc-32/crc32c.js';
import { ApiError } from './api-error.js';
import {
  type Permission,
  type SecretId,
  type SecretStore,
  type StoredSecret,
  type StoredVersion,
  versionStates,
} from './secret-store.js';

/** One request of the REST API, already taken apart. */
export interface ApiRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const route =
  /^\/v1\/projects\/(?<project>[^/:]+)(?:\/locations\/(?<location>[^/:]+))?\/secrets(?:\/(?<secret>[^/:]+)(?:(?<versions>\/versions)(?:\/(?<version>[^/:]+))?)?)?(?::(?<verb>\w+))?$/;

const defaultPageSize = 100;

/**
 * Answers one request as Secret Manager's REST API v1 would, or throws `ApiError`
 * (https://cloud.google.com/secret-manager/docs/reference/rest).
 */
export function answer(store: SecretStore, request: ApiRequest): unknown {
  const found = route.exec(request.path)?.groups;
  const { project, location, secret, versions, version, verb } = found ?? {};
  if (project === undefined || request.method !== 'GET') throw new ApiError('NOT_FOUND', 'Method not found.');
  const resource = request.path.slice('/v1/'.length).replace(/:\w+$/, '');
  const numeric = asksForNumbers(request.query);
  const allow = (permission: Permission, on: string): void => store.authorize(permission, project, on);

  if (secret === undefined) {
    allow('secretmanager.secrets.list', resource.replace(/\/secrets$/, ''));
    const page = paged(store.secrets(project, location), request.query);
    return { secrets: page.items.map(describeSecret), ...page.rest };
  }
  const id: SecretId = { project, secret, location };
  if (versions === undefined) {
    allow('secretmanager.secrets.get', resource);
    return describeSecret(store.secret(id));
  }
  if (version === undefined) {
    allow('secretmanager.versions.list', resource.replace(/\/versions$/, ''));
    const { name, versions: all } = store.secret(id);
    const wanted = filtered([...all].reverse(), request.query.get('filter') ?? '');
    const page = paged(wanted, request.query);
    return { versions: page.items.map((one) => describeVersion(name, one, numeric)), ...page.rest };
  }
  if (verb === 'access') {
    allow('secretmanager.versions.access', resource);
    const one = store.access(id, version);
    return { name: `${store.secret(id).name}/versions/${one.number}`, payload: payloadOf(one) };
  }
  if (verb !== undefined) throw new ApiError('NOT_FOUND', 'Method not found.');
  allow('secretmanager.versions.get', resource);
  return describeVersion(store.secret(id).name, store.version(id, version), numeric);
}

/** The method a path is for, as the API names it in errors. */
export function methodName(path: string): string {
  if (path.endsWith(':access')) return 'AccessSecretVersion';
  if (/\/versions$/.test(path)) return 'ListSecretVersions';
  if (/\/versions\//.test(path)) return 'GetSecretVersion';
  return /\/secrets$/.test(path) ? 'ListSecrets' : 'GetSecret';
}

/** CRC32C (RFC 3720 appendix B.4) as the API writes it: an unsigned number, in a text because it is an int64. */
export function checksum(payload: Buffer): string {
  return String(crc32c.buf(payload) >>> 0);
}

function payloadOf(version: StoredVersion): unknown {
  const wrong = Buffer.concat([version.payload, Buffer.of(0)]);
  return {
    data: version.payload.toString('base64'),
    dataCrc32c: checksum(version.corrupt ? wrong : version.payload),
  };
}

/** `$alt=json;enum-encoding=int`: the client libraries ask for enums as numbers. */
function asksForNumbers(query: URLSearchParams): boolean {
  return (query.get('$alt') ?? query.get('alt') ?? '').includes('enum-encoding=int');
}

function describeVersion(secret: string, version: StoredVersion, numeric: boolean): unknown {
  const destroyed = version.destroyTime === null ? {} : { destroyTime: version.destroyTime.toISOString() };
  return {
    name: `${secret}/versions/${version.number}`,
    createTime: version.createTime.toISOString(),
    ...destroyed,
    state: numeric ? versionStates[version.state] : version.state,
    replicationStatus: { automatic: {} },
    etag: `"${version.number.toString(16).padStart(12, '0')}"`,
  };
}

function describeSecret(secret: StoredSecret): unknown {
  const aliases =
    secret.aliases.size === 0
      ? {}
      : {
          versionAliases: Object.fromEntries(
            [...secret.aliases].map(([alias, number]) => [alias, String(number)]),
          ),
        };
  return {
    name: secret.name,
    ...(secret.location === undefined ? { replication: { automatic: {} } } : {}),
    createTime: secret.createTime.toISOString(),
    etag: `"${secret.versions.length.toString(16).padStart(12, '0')}"`,
    ...aliases,
  };
}

/** The only filter that is used in practice: `state:ENABLED`, also written `state=ENABLED`. */
function filtered(versions: readonly StoredVersion[], filter: string): readonly StoredVersion[] {
  if (filter === '') return versions;
  const state = /^state\s*[:=]\s*"?(\w+)"?$/i.exec(filter.trim())?.[1]?.toUpperCase();
  if (state === undefined) throw new ApiError('INVALID_ARGUMENT', 'Invalid filter.');
  return versions.filter((version) => version.state === state);
}

function paged<T>(all: readonly T[], query: URLSearchParams) {
  const size = Number(query.get('pageSize') || defaultPageSize);
  const start = Number(query.get('pageToken') || 0);
  if (!Number.isInteger(size) || size < 0 || !Number.isInteger(start)) {
    throw new ApiError('INVALID_ARGUMENT', 'Request contains an invalid argument.');
  }
  const end = start + (size || defaultPageSize);
  const next = end < all.length ? { nextPageToken: String(end) } : {};
  return { items: all.slice(start, end), rest: { ...next, totalSize: all.length } };
}
