import { protos } from '@google-cloud/secret-manager';
import { grpc } from 'google-gax';
import type { GrpcAnswer } from './api-answers.js';

const v1 = protos.google.cloud.secretmanager.v1;
const service = '/google.cloud.secretmanager.v1.SecretManagerService';
const asIs = (bytes: Buffer): Buffer => bytes;
const unary = {
  requestStream: false,
  responseStream: false,
  responseSerialize: asIs,
  responseDeserialize: asIs,
} as const;

/** A server that speaks gRPC without TLS, and answers with whatever bytes it is given. */
export async function startGrpcServer(
  answer: (method: 'access' | 'list', name: string) => GrpcAnswer,
): Promise<{ endpoint: string; close(): void }> {
  const server = new grpc.Server();
  const handler =
    (method: 'access' | 'list') =>
    (call: grpc.ServerUnaryCall<string, Buffer>, callback: grpc.sendUnaryData<Buffer>): void => {
      const answered = answer(method, call.request);
      if ('message' in answered) callback(null, answered.message);
      else callback(answered);
    };
  server.addService(
    {
      accessSecretVersion: {
        ...unary,
        path: `${service}/AccessSecretVersion`,
        requestSerialize: (name: string) =>
          Buffer.from(v1.AccessSecretVersionRequest.encode({ name }).finish()),
        requestDeserialize: (bytes: Buffer) => v1.AccessSecretVersionRequest.decode(bytes).name,
      },
      listSecretVersions: {
        ...unary,
        path: `${service}/ListSecretVersions`,
        requestSerialize: (parent: string) =>
          Buffer.from(v1.ListSecretVersionsRequest.encode({ parent }).finish()),
        requestDeserialize: (bytes: Buffer) => v1.ListSecretVersionsRequest.decode(bytes).parent,
      },
    },
    { accessSecretVersion: handler('access'), listSecretVersions: handler('list') },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { endpoint: `http://127.0.0.1:${port}`, close: () => server.forceShutdown() };
}
