// What is used of undici for connections, by name: loaded late, a bundled CommonJS package shows its names only in this way.
export { Agent, buildConnector, Client } from 'undici';
