import { NetworkThread } from '../../../src/observe/network/network-thread.js';
import { openThreaded } from '../../../src/observe/network/threaded.js';
import { openBy } from './client.js';

/** As it is built: a thread runs no TypeScript. */
const program = new URL('../../../dist/thread.js', import.meta.url);

/** Lets a file's tests of the network of one thread run with a thread of its own for each. */
export const openByThread = (): void =>
  openBy((options) => openThreaded(options, new NetworkThread(program)));
