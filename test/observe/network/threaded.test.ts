import { openByThread } from './threaded-client.js';

openByThread();

// Whatever else holds for the network of one thread is tested in threaded.slow.test.ts.
await import('./connections.test.js');
