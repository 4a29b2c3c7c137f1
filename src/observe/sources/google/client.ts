import { isIP } from 'node:net';
import type { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import type { CallOptions, ClientOptions } from 'google-gax';
import { refusesCommands } from '../../../config/trust-variables.js';
import { isLoopback } from '../../../schema/url.js';
import type { ObserveContext } from '../../context.js';
import type { PersistentNetwork } from '../../network/network.js';
import type { Deadline } from './deadline.js';
import type { Endpoint } from './endpoint.js';
import { CredentialsError } from './failure.js';

/** Google's client, and what a call through it needs. */
export interface GoogleClient {
  readonly api: SecretManagerServiceClient;
  /** Finds the credentials; throws `CredentialsError`. Returns immediately if none are needed. */
  authorize(deadline: Deadline): Promise<void>;
  /** Options without retries, limited by the deadline, and cancelled when it is aborted. */
  options(deadline: Deadline): CallOptions;
  /** Replaces the client: the next check makes another one, and this one is closed at the end of the current check. */
  retire(during: AbortSignal): void;
  close(): Promise<void>;
}

/** One client for all sources of the same endpoint and transport, kept between checks. */
const shared = new WeakMap<PersistentNetwork, Map<string, Promise<GoogleClient>>>();

/**
 * Returns the client for an endpoint, which errors call `label`. It is closed with the network, unless it is retired
 * before.
 */
export function sharedClient(
  context: ObserveContext,
  transport: 'rest' | 'grpc',
  endpoint: Endpoint,
  label: string | null,
): Promise<GoogleClient> {
  const { persistent } = context.network;
  const clients = shared.get(persistent) ?? new Map<string, Promise<GoogleClient>>();
  shared.set(persistent, clients);
  const key = `${transport} ${endpoint.plain} ${endpoint.host}:${endpoint.port}`;
  const known = clients.get(key);
  if (known !== undefined) return known;
  const close = (): void => {
    forget();
    client.then((open) => open.close()).catch(() => {});
  };
  const forget = (): void => {
    if (clients.get(key) === client) clients.delete(key);
    whatEnds.get(persistent.closed)?.delete(close);
  };
  const retire = (during: AbortSignal): void => {
    forget();
    // Other calls may still wait for it.
    whenAborted(during, close);
  };
  const client = connect(context, transport, endpoint, label, retire);
  clients.set(key, client);
  whenAborted(persistent.closed, close);
  client.catch(forget);
  return client;
}

/** Resolves a name of this machine to its usual address; keeps an address unchanged. */
const hereOf = (host: string): string => (isIP(host.replace(/^\[|\]$/g, '')) === 0 ? '127.0.0.1' : host);

/** By signal, what is called once it is aborted: with one listener each, Node would warn of many. */
const whatEnds = new WeakMap<AbortSignal, Set<() => void>>();

function whenAborted(signal: AbortSignal, end: () => void): void {
  if (signal.aborted) {
    end();
    return;
  }
  const known = whatEnds.get(signal);
  if (known !== undefined) {
    known.add(end);
    return;
  }
  const ends = new Set([end]);
  whatEnds.set(signal, ends);
  const endAll = (): void => {
    for (const one of [...ends]) one();
  };
  signal.addEventListener('abort', endAll, { once: true });
}

async function connect(
  context: ObserveContext,
  transport: 'rest' | 'grpc',
  endpoint: Endpoint,
  label: string | null,
  retire: GoogleClient['retire'],
): Promise<GoogleClient> {
  const { fetchThrough, PassThroughClient, restGax, SecretManagerServiceClient, setBackend } = await import(
    './libraries.js'
  );
  // With GOOGLE_SDK_NODE_LOGGING set, Google's libraries would write secrets and tokens to standard error.
  setBackend(null);

  // All other hosts belong to Google and issue tokens.
  const labelOf = (url: URL): string =>
    label !== null && url.hostname === endpoint.host ? label : url.origin;
  // Not the network of the check: the client outlives it.
  const { persistent } = context.network;
  const network = persistent.forCheck(persistent.closed);
  const { timeoutMs } = context;
  const transporterOptions = { fetchImplementation: fetchThrough({ network, timeoutMs }, labelOf) };
  const anonymous = () => new PassThroughClient({ transporterOptions });
  const options: ClientOptions = {
    // It is not needed, but without one the library searches for it, finally by running gcloud.
    projectId: 'unused',
    // gRPC would use a resolver for names of this machine.
    apiEndpoint: transport === 'grpc' && isLoopback(endpoint.host) ? hereOf(endpoint.host) : endpoint.host,
    port: endpoint.port,
    fallback: transport === 'rest',
  };
  const overGrpc = transport === 'grpc' ? await import('./grpc.js') : null;
  if (overGrpc === null) {
    options.clientOptions = { transporterOptions };
    if (endpoint.plain) {
      options.protocol = 'http';
      options.authClient = anonymous();
    }
  } else {
    const { GoogleAuth, grpc } = overGrpc;
    grpc.setLogVerbosity(grpc.logVerbosity.NONE);
    if (endpoint.plain) {
      options.auth = new GoogleAuth({ authClient: anonymous() });
      options.sslCreds = grpc.credentials.createInsecure();
      options['grpc.enable_http_proxy'] = 0;
    }
  }
  const api =
    overGrpc === null
      ? new SecretManagerServiceClient(options, restGax)
      : new SecretManagerServiceClient(options, overGrpc.grpcGax);
  return {
    api,
    authorize: async (deadline) => {
      if (endpoint.plain) return;
      try {
        const client = await deadline.race(api.auth.getClient());
        if (refusesCommands(context.env) && runsProgram(client)) throw new CredentialsError('program', null);
        client.transporter.defaults.fetchImplementation = transporterOptions.fetchImplementation;
        await found(deadline, client.getRequestHeaders(`https://${endpoint.host}/`));
      } catch (error) {
        throw error instanceof CredentialsError ? error : new CredentialsError('missing', error);
      }
    },
    options: (deadline) => ({
      timeout: deadline.remaining(),
      retry: null,
      ...(overGrpc === null
        ? {}
        : { otherArgs: { options: { interceptors: [cancelling(overGrpc.grpc, deadline)] } } }),
    }),
    retire,
    close: () => api.close(),
  };
}

/** Whether credentials come from a program, directly or for impersonation (https://google.aip.dev/auth/4117). */
function runsProgram(client: object): boolean {
  if ('command' in client) return true;
  return 'sourceClient' in client && typeof client.sourceClient === 'object' && client.sourceClient !== null
    ? runsProgram(client.sourceClient)
    : false;
}

/** Credentials were found. Whether they are valid shows only when they are used. */
async function found(deadline: Deadline, used: Promise<unknown>): Promise<void> {
  try {
    await deadline.race(used);
  } catch (error) {
    throw new CredentialsError('rejected', error);
  }
}

type Grpc = typeof import('google-gax').grpc;

/** gRPC supports deadlines but no abort signals. */
function cancelling(grpc: Grpc, deadline: Deadline): import('google-gax').grpc.Interceptor {
  return (options, next) => {
    const call = next(options);
    deadline.signal.addEventListener(
      'abort',
      () => call.cancelWithStatus(grpc.status.CANCELLED, 'cancelled'),
      {
        once: true,
      },
    );
    return new grpc.InterceptingCall(call);
  };
}
