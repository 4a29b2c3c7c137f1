// The exports of Google's libraries for REST, named because a bundled CommonJS package that is loaded late exposes
// its names only in this way. `google-gax/fallback` is its REST half; passing it to the client avoids loading gRPC.
export { SecretManagerServiceClient } from '@google-cloud/secret-manager';
export { PassThroughClient } from 'google-auth-library';
export * as restGax from 'google-gax/fallback';
export { setBackend } from 'google-logging-utils';
export { fetchThrough } from './fetch.js';
