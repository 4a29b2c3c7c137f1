// What is used of Google's libraries over gRPC, loaded only where a source asks for it.
export * as grpcGax from 'google-gax';
export { GoogleAuth, grpc } from 'google-gax';
