import { NetworkThread } from '../../../src/observe/network/network-thread.js';
import { openThreaded } from '../../../src/observe/network/threaded.js';
import { openBy } from './client.js';

/** As it is built: a thread runs no TypeScript. */
const program = new URL('../../../dist/thread.js', import.meta.url);

openBy((options) => openThreaded(options, new NetworkThread(program)));

// Whatever holds for the network of one thread holds for this one.
await import('./open.test.js');
await import('./connections.test.js');
await import('./proxy.test.js');
await import('./tls.test.js');
await import('./tunnel.test.js');
