// What is used of Google's libraries over REST, by name: loaded late, a bundled CommonJS package shows its names only
// in this way. `google-gax/fallback` is its REST half; given to the client, it spares loading gRPC.
export { SecretManagerServiceClient } from '@google-cloud/secret-manager';
export { PassThroughClient } from 'google-auth-library';
export * as restGax from 'google-gax/fallback';
export { setBackend } from 'google-logging-utils';
export { fetchThrough } from './fetch.js';
