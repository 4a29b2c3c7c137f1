// The exports of undici for WebSockets, named so that it is loaded only for probes of that kind.
export { Dispatcher, WebSocket } from 'undici';
