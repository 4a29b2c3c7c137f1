import { ApiError } from './api-error.js';
import { type Method, methods, type ResourceKind } from './secret-manager-methods.js';
import type { SecretId } from './secret-resource.js';
import type { SecretStore } from './secret-store.js';

/** A parsed request of the REST API. */
export interface ApiRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The parsed JSON body; `null` if there is none. */
  readonly body?: unknown;
}

/** The method that a request calls, and the resource that it names. */
export interface Route {
  readonly method: Method;
  readonly id: SecretId;
  readonly version: string;
}

const path =
  /^\/v1\/projects\/(?<project>[^/:]+)(?:\/locations\/(?<location>[^/:]+))?\/secrets(?:\/(?<secret>[^/:]+)(?:(?<versions>\/versions)(?:\/(?<version>[^/:]+))?)?)?(?::(?<verb>\w+))?$/;

/** Finds the method of a request; `null` if there is none. */
export function routeOf(request: Pick<ApiRequest, 'method' | 'path'>): Route | null {
  const found = path.exec(request.path)?.groups;
  const { project, location, secret = '', versions, version = '', verb } = found ?? {};
  if (project === undefined) return null;
  const on: ResourceKind =
    version !== '' ? 'version' : versions !== undefined ? 'versions' : secret !== '' ? 'secret' : 'secrets';
  const method = methods.find((one) => one.http === request.method && one.on === on && one.verb === verb);
  return method === undefined ? null : { method, id: { project, secret, location }, version };
}

/**
 * Answers one request as Secret Manager's REST API v1 would, or throws `ApiError`
 * (https://cloud.google.com/secret-manager/docs/reference/rest).
 */
export function answer(store: SecretStore, request: ApiRequest): unknown {
  const route = routeOf(request);
  if (route === null) throw new ApiError('NOT_FOUND', 'Method not found.');
  const { method, id, version } = route;
  if (method.permission !== null) {
    // The parent for list and create methods, otherwise the resource that the path names.
    const resource = request.path.slice('/v1/'.length).replace(/:\w+$|\/(?:secrets|versions)$/, '');
    store.authorize(method.permission, id.project, resource);
  }
  const { query, body = null } = request;
  return method.run({ store, id, version, query, body, numeric: asksForNumbers(query) });
}

/** `$alt=json;enum-encoding=int`: the client libraries request enums as numbers. */
function asksForNumbers(query: URLSearchParams): boolean {
  return (query.get('$alt') ?? query.get('alt') ?? '').includes('enum-encoding=int');
}
