import { protos } from '@google-cloud/secret-manager';
import { grpc } from 'google-gax';
import { ApiError } from '../../src/demo/api-error.js';
import { checksum } from '../../src/demo/secret-manager-api.js';
import { type SecretId, SecretStore, versionStates } from '../../src/demo/secret-store.js';

const v1 = protos.google.cloud.secretmanager.v1;
const service = '/google.cloud.secretmanager.v1.SecretManagerService';

/** The service's two methods that are used, from the client's own protos. */
const definition = {
  accessSecretVersion: {
    path: `${service}/AccessSecretVersion`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (value: protos.google.cloud.secretmanager.v1.IAccessSecretVersionRequest) =>
      Buffer.from(v1.AccessSecretVersionRequest.encode(value).finish()),
    requestDeserialize: (bytes: Buffer) => v1.AccessSecretVersionRequest.decode(bytes),
    responseSerialize: (value: protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse) =>
      Buffer.from(v1.AccessSecretVersionResponse.encode(value).finish()),
    responseDeserialize: (bytes: Buffer) => v1.AccessSecretVersionResponse.decode(bytes),
  },
  listSecretVersions: {
    path: `${service}/ListSecretVersions`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (value: protos.google.cloud.secretmanager.v1.IListSecretVersionsRequest) =>
      Buffer.from(v1.ListSecretVersionsRequest.encode(value).finish()),
    requestDeserialize: (bytes: Buffer) => v1.ListSecretVersionsRequest.decode(bytes),
    responseSerialize: (value: protos.google.cloud.secretmanager.v1.IListSecretVersionsResponse) =>
      Buffer.from(v1.ListSecretVersionsResponse.encode(value).finish()),
    responseDeserialize: (bytes: Buffer) => v1.ListSecretVersionsResponse.decode(bytes),
  },
} as const;

/** A Secret Manager that speaks gRPC without TLS. */
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

export async function startGrpcSecretManager(): Promise<GrpcSecretManager> {
  const store = new SecretStore(() => new Date('2026-01-31T12:00:00Z'));
  const calls: string[] = [];
  let metadata: Record<string, unknown> = {};
  let hanging = false;
  let cancelled = 0;

  const reply = <Q, A>(
    method: string,
    call: grpc.ServerUnaryCall<Q, A>,
    callback: grpc.sendUnaryData<A>,
    answer: (request: Q) => A,
  ): void => {
    calls.push(method);
    metadata = call.metadata.getMap();
    call.on('cancelled', () => {
      cancelled += 1;
    });
    if (hanging) return;
    try {
      callback(null, answer(call.request));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      callback({ code: grpc.status[error.status], details: error.message });
    }
  };

  const server = new grpc.Server();
  server.addService(definition, {
    accessSecretVersion: (
      call: grpc.ServerUnaryCall<
        protos.google.cloud.secretmanager.v1.AccessSecretVersionRequest,
        protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse
      >,
      callback: grpc.sendUnaryData<protos.google.cloud.secretmanager.v1.IAccessSecretVersionResponse>,
    ) =>
      reply('access', call, callback, ({ name }) => {
        const { id, version } = parse(name);
        store.authorize('secretmanager.versions.access', id.project, name);
        const found = store.access(id, version);
        const data = found.payload;
        const dataCrc32c = found.corrupt ? '1' : checksum(data);
        return { name: `${store.secret(id).name}/versions/${found.number}`, payload: { data, dataCrc32c } };
      }),
    listSecretVersions: (
      call: grpc.ServerUnaryCall<
        protos.google.cloud.secretmanager.v1.ListSecretVersionsRequest,
        protos.google.cloud.secretmanager.v1.IListSecretVersionsResponse
      >,
      callback: grpc.sendUnaryData<protos.google.cloud.secretmanager.v1.IListSecretVersionsResponse>,
    ) =>
      reply('list', call, callback, ({ parent }) => {
        const { id } = parse(`${parent}/versions/latest`);
        store.authorize('secretmanager.versions.list', id.project, parent);
        const secret = store.secret(id);
        const enabled = secret.versions.filter((version) => version.state === 'ENABLED').reverse();
        return {
          versions: enabled.map((version) => ({
            name: `${secret.name}/versions/${version.number}`,
            state: versionStates[version.state],
            createTime: { seconds: Math.floor(version.createTime.getTime() / 1000), nanos: 0 },
          })),
        };
      }),
  });
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

function parse(name: string): { id: SecretId; version: string } {
  const match = /^projects\/([^/]+)(?:\/locations\/([^/]+))?\/secrets\/([^/]+)\/versions\/([^/]+)$/.exec(
    name,
  );
  const [, project, location, secret, version] = match ?? [];
  if (project === undefined || secret === undefined || version === undefined) {
    throw new ApiError('INVALID_ARGUMENT', 'Request contains an invalid argument.');
  }
  return { id: { project, secret, location }, version };
}
