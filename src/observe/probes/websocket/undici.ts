// What is used of undici for WebSockets, by name: without a probe of that kind it is not loaded.
export { Dispatcher, WebSocket } from 'undici';
