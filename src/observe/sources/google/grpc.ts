// The exports of Google's libraries for gRPC, loaded only if a source uses it.
export * as grpcGax from 'google-gax';
export { GoogleAuth, grpc } from 'google-gax';
