// What is used of undici, by name: loaded late, a bundled CommonJS package shows its names only in this way.
export { Agent, buildConnector, Client, Dispatcher, WebSocket } from 'undici';
