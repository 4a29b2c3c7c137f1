import { protos } from '@google-cloud/secret-manager';
import { grpc } from 'google-gax';
import { ApiError } from '../../src/demo/api-error.js';
import { answer } from '../../src/demo/secret-manager.js';
import { type Method, methods } from '../../src/demo/secret-manager-methods.js';
import { SecretStore } from '../../src/demo/secret-store.js';

const v1 = protos.google.cloud.secretmanager.v1;
const iam = protos.google.iam.v1;
const service = '/google.cloud.secretmanager.v1.SecretManagerService';

/** The output of protobufjs for a message without types: plain values, with 64-bit numbers and bytes as texts. */
type Plain = { readonly [field: string]: unknown };

interface RequestType<T> {
  decode(bytes: Uint8Array): T;
  toObject(message: T, options: object): Plain;
}

interface AnswerType<T> {
  fromObject(plain: { [field: string]: unknown }): T;
  encode(message: T): { finish(): Uint8Array };
}

/** A method from the client's own protos; only the server's half is used. */
function unary<Q, A>(rpc: string, request: RequestType<Q>, response: AnswerType<A>) {
  const plain = { bytes: String, longs: String, enums: String };
  return {
    path: `${service}/${rpc}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: (bytes: Buffer) => request.toObject(request.decode(bytes), plain),
    responseSerialize: (value: Plain) => Buffer.from(response.encode(response.fromObject(value)).finish()),
    responseDeserialize: () => ({}),
  };
}

const definition = {
  ListSecrets: unary('ListSecrets', v1.ListSecretsRequest, v1.ListSecretsResponse),
  CreateSecret: unary('CreateSecret', v1.CreateSecretRequest, v1.Secret),
  GetSecret: unary('GetSecret', v1.GetSecretRequest, v1.Secret),
  UpdateSecret: unary('UpdateSecret', v1.UpdateSecretRequest, v1.Secret),
  AddSecretVersion: unary('AddSecretVersion', v1.AddSecretVersionRequest, v1.SecretVersion),
  TestIamPermissions: unary(
    'TestIamPermissions',
    iam.TestIamPermissionsRequest,
    iam.TestIamPermissionsResponse,
  ),
  ListSecretVersions: unary(
    'ListSecretVersions',
    v1.ListSecretVersionsRequest,
    v1.ListSecretVersionsResponse,
  ),
  GetSecretVersion: unary('GetSecretVersion', v1.GetSecretVersionRequest, v1.SecretVersion),
  AccessSecretVersion: unary(
    'AccessSecretVersion',
    v1.AccessSecretVersionRequest,
    v1.AccessSecretVersionResponse,
  ),
  EnableSecretVersion: unary('EnableSecretVersion', v1.EnableSecretVersionRequest, v1.SecretVersion),
  DisableSecretVersion: unary('DisableSecretVersion', v1.DisableSecretVersionRequest, v1.SecretVersion),
  DestroySecretVersion: unary('DestroySecretVersion', v1.DestroySecretVersionRequest, v1.SecretVersion),
};

/** A Secret Manager with gRPC and without TLS. */
export interface GrpcSecretManager {
  /** `127.0.0.1:PORT`. */
  readonly endpoint: string;
  readonly store: SecretStore;
  /** Names of the methods called so far. */
  readonly calls: readonly string[];
  /** Metadata of the last call. */
  metadata(): Record<string, unknown>;
  /** Never answer from now on. */
  hang(): void;
  /** Calls that the client gave up. */
  cancelled(): number;
  close(): void;
}

/** Starts a server that calls the methods of the embedded Secret Manager and translates their messages. */
export async function startGrpcSecretManager(): Promise<GrpcSecretManager> {
  const store = new SecretStore(() => new Date('2026-01-31T12:00:00Z'));
  const calls: string[] = [];
  let metadata: Record<string, unknown> = {};
  let hanging = false;
  let cancelled = 0;

  const handle =
    (method: Method) =>
    (call: grpc.ServerUnaryCall<Plain, Plain>, callback: grpc.sendUnaryData<Plain>): void => {
      calls.push(method.rpc);
      metadata = call.metadata.getMap();
      call.on('cancelled', () => {
        cancelled += 1;
      });
      if (hanging) return;
      try {
        callback(null, withTimestamps(answer(store, overRest(method, call.request))));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        callback({ code: grpc.status[error.status], details: error.message });
      }
    };

  const server = new grpc.Server();
  server.addService(definition, Object.fromEntries(methods.map((method) => [method.rpc, handle(method)])));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    endpoint: `127.0.0.1:${port}`,
    store,
    calls,
    metadata: () => metadata,
    hang: () => {
      hanging = true;
    },
    cancelled: () => cancelled,
    close: () => server.forceShutdown(),
  };
}

/** The equivalent request of the REST API (google.api.http). */
function overRest(method: Method, request: Plain): Parameters<typeof answer>[1] {
  const { secret, updateMask, ...rest } = request;
  const named = rest.name ?? rest.parent ?? rest.resource ?? fieldOf(secret, 'name');
  const collection = method.on === 'secrets' || method.on === 'versions' ? `/${method.on}` : '';
  const paths = fieldOf(updateMask, 'paths');
  const query = new URLSearchParams({ alt: 'json;enum-encoding=int' });
  for (const key of ['pageSize', 'pageToken', 'filter', 'secretId']) {
    if (rest[key] !== undefined) query.set(key, String(rest[key]));
  }
  if (Array.isArray(paths)) query.set('updateMask', paths.join(','));
  const { name: _name, parent: _parent, resource: _resource, ...body } = rest;
  const verb = method.verb === undefined ? '' : `:${method.verb}`;
  return {
    method: method.http,
    path: `/v1/${named}${collection}${verb}`,
    query,
    body: method.http === 'GET' ? null : (secret ?? body),
  };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

/** Times as google.protobuf.Timestamp has them, everywhere in an answer. */
function withTimestamps(value: unknown): Plain {
  const convert = (held: unknown, key: string): unknown => {
    if (Array.isArray(held)) return held.map((one) => convert(one, ''));
    if (typeof held === 'object' && held !== null) return withTimestamps(held);
    if (typeof held !== 'string' || !key.endsWith('Time')) return held;
    return { seconds: Math.floor(Date.parse(held) / 1000), nanos: 0 };
  };
  return Object.fromEntries(Object.entries(value ?? {}).map(([key, held]) => [key, convert(held, key)]));
}
