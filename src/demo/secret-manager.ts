import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parseJson } from '../schema/read-json.js';
import { ApiError, unauthenticated } from './api-error.js';
import { type Listening, listen } from './json-server.js';
import { type Method, methods, type ResourceKind } from './secret-manager-methods.js';
import type { SecretId } from './secret-resource.js';
import { SecretStore } from './secret-store.js';

/** A point of a call at which a test may interfere: before any read or write, or before the answer. */
export interface CallMoment {
  /** Name of the method, such as `AddSecretVersion`. */
  readonly method: string;
  readonly at: 'before' | 'after';
  /** Number of the call, from 1. */
  readonly call: number;
}

/** The outcome of a call: it proceeds, its connection is dropped, or an error is returned. */
export type Interference = 'continue' | 'drop' | ApiError;

/** The settings that can change while the server runs. */
interface Settings {
  /** Milliseconds to wait before every answer. */
  delayMs: number;
  /** The only accepted bearer token; `null` accepts every caller. */
  token: string | null;
  /** Takes a request over by answering `true`; it may as well never answer it. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
  /**
   * Called twice for each call, before and after it. Dropping the connection `before` loses the request, `after` only
   * its answer: the write remains.
   */
  interfere: ((moment: CallMoment) => Interference | Promise<Interference>) | null;
}

/** An embedded Secret Manager: the REST API v1 over plain HTTP on loopback. */
export interface SecretManager extends Listening, Settings {
  /** Its secrets, to be changed at any time. */
  readonly store: SecretStore;
  /** The requested paths so far, with their queries. */
  readonly requests: readonly string[];
  /** Names of the methods that were called so far, those without effect included. */
  readonly calls: readonly string[];
}

/** Bytes of a body: the longest payload in Base64, with room for the largest annotations. */
const longestBody = 256 * 1024;

/** Starts an embedded Secret Manager without secrets on a free port of loopback. */
export async function startSecretManager(
  options: { now?: () => Date; port?: number } = {},
): Promise<SecretManager> {
  const store = new SecretStore(options.now ?? (() => new Date()));
  const requests: string[] = [];
  const calls: string[] = [];
  const settings: Settings = { delayMs: 0, token: null, intercept: null, interfere: null };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push(request.url ?? '');
    if (settings.intercept?.(request, response)) return;
    if (settings.delayMs > 0) await delay(settings.delayMs);
    const reply = await replyTo(request);
    if (reply === 'drop') {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status, { 'content-type': 'application/json; charset=UTF-8' });
    response.end(`${JSON.stringify(reply.body, null, 2)}\n`);
  };

  const replyTo = async (request: IncomingMessage): Promise<'drop' | { status: number; body: unknown }> => {
    try {
      const asked = await readRequest(request);
      const method = routeOf(asked)?.method.rpc ?? 'Unknown';
      const call = calls.push(method);
      authenticate(request, settings.token, method);
      if (await isDropped({ method, at: 'before', call })) return 'drop';
      const body = answer(store, asked);
      if (await isDropped({ method, at: 'after', call })) return 'drop';
      return { status: 200, body };
    } catch (error) {
      const known =
        error instanceof ApiError
          ? error
          : new ApiError('INVALID_ARGUMENT', 'Request contains an invalid argument.');
      return { status: known.httpStatus, body: known.body() };
    }
  };

  const isDropped = async (moment: CallMoment): Promise<boolean> => {
    const interference = (await settings.interfere?.(moment)) ?? 'continue';
    if (interference instanceof ApiError) throw interference;
    return interference === 'drop';
  };

  const listening = await listen(
    createServer((request, response) => void respond(request, response)),
    options.port,
  );
  return Object.assign(settings, { store, requests, calls, ...listening });
}

async function readRequest(request: IncomingMessage): Promise<ApiRequest> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= longestBody) chunks.push(chunk);
  }
  if (size > longestBody) throw new ApiError('INVALID_ARGUMENT', 'Request payload size exceeds the limit.');
  const text = Buffer.concat(chunks).toString();
  return {
    method: request.method ?? '',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    body: text === '' ? null : parsed(text),
  };
}

function parsed(text: string): unknown {
  const value = parseJson(text);
  if (value === undefined)
    throw new ApiError('INVALID_ARGUMENT', 'Invalid JSON payload received. Parsing error.');
  return value;
}

function authenticate(request: IncomingMessage, token: string | null, method: string): void {
  const sent = request.headers.authorization;
  if (token !== null && sent !== `Bearer ${token}`) throw unauthenticated(method, sent !== undefined);
}

/** A parsed request of the REST API. */
interface ApiRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The parsed JSON body; `null` if there is none. */
  readonly body?: unknown;
}

/** The method that a request calls, and the resource that it names. */
interface Route {
  readonly method: Method;
  readonly id: SecretId;
  readonly version: string;
}

const path =
  /^\/v1\/projects\/(?<project>[^/:]+)(?:\/locations\/(?<location>[^/:]+))?\/secrets(?:\/(?<secret>[^/:]+)(?:(?<versions>\/versions)(?:\/(?<version>[^/:]+))?)?)?(?::(?<verb>\w+))?$/;

/** Finds the method of a request; `null` if there is none. */
function routeOf(request: Pick<ApiRequest, 'method' | 'path'>): Route | null {
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
