import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, unauthenticated } from './api-error.js';
import { type Listening, listen } from './listen.js';
import { answer, methodName } from './secret-manager-api.js';
import { SecretStore } from './secret-store.js';

/** An embedded Secret Manager: the REST API v1 over plain HTTP on loopback. */
export interface SecretManager extends Listening {
  /** Its secrets, to be changed at any time. */
  readonly store: SecretStore;
  /** Paths that were asked for so far, with their queries. */
  readonly requests: readonly string[];
  /** Milliseconds to wait before every answer. */
  delayMs: number;
  /** Only this bearer token is let in; `null` lets everybody in. */
  token: string | null;
  /** Takes a request over by answering `true`; it may as well never answer it. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | null;
}

/** Starts an embedded Secret Manager without secrets on a free port of loopback. */
export async function startSecretManager(
  options: { now?: () => Date; port?: number } = {},
): Promise<SecretManager> {
  const store = new SecretStore(options.now ?? (() => new Date()));
  const requests: string[] = [];
  const settings: Pick<SecretManager, 'delayMs' | 'token' | 'intercept'> = {
    delayMs: 0,
    token: null,
    intercept: null,
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    requests.push(request.url ?? '');
    if (settings.intercept?.(request, response)) return;
    if (settings.delayMs > 0) await delay(settings.delayMs);
    const { status, body } = result(store, request, settings.token);
    response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
    response.end(`${JSON.stringify(body, null, 2)}\n`);
  };

  const listening = await listen(
    createServer((request, response) => void respond(request, response)),
    options.port,
  );
  return Object.assign(settings, { store, requests, ...listening });
}

function result(
  store: SecretStore,
  request: IncomingMessage,
  token: string | null,
): { status: number; body: unknown } {
  try {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const path = decodeURIComponent(url.pathname);
    const sent = request.headers.authorization;
    if (token !== null && sent !== `Bearer ${token}`)
      throw unauthenticated(methodName(path), sent !== undefined);
    const body = answer(store, { method: request.method ?? '', path, query: url.searchParams });
    return { status: 200, body };
  } catch (error) {
    const known =
      error instanceof ApiError
        ? error
        : new ApiError('INVALID_ARGUMENT', 'Request contains an invalid argument.');
    return { status: known.httpStatus, body: known.body() };
  }
}
