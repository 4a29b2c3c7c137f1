import { openByThread } from './threaded-client.js';

openByThread();

// Whatever holds for the network of one thread holds for this one.
await import('./open.test.js');
await import('./connections.test.js');
await import('./proxy.test.js');
await import('./tls.test.js');
await import('./tunnel.test.js');
