// The connection features of undici, imported by name: loaded lazily, a bundled CommonJS package exposes its names only
// this way.
export { Agent, buildConnector, Client } from 'undici';
