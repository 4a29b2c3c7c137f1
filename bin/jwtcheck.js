#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { main } from '../dist/main.js';

// Nearly every run is over before most of its code, undici's WebAssembly among it, is worth optimising, and that would take
// a core that it needs. Later versions of Node wait longer by themselves, and do not know the first of these flags.
if (process.version.startsWith('v20.')) {
  setFlagsFromString('--interrupt-budget=1000000');
  setFlagsFromString('--liftoff-only');
}
const code = await main(process);
process.exitCode = code;
// What cannot be called off, such as a name that is still being looked up, would hold the process up; nothing waits for it
// any more. An exit waits for system calls that are under way, a signal does not: it ends what one was to end already.
setTimeout(() => {
  if (code === 130 || code === 143) process.kill(process.pid, code === 143 ? 'SIGTERM' : 'SIGINT');
  else process.exit();
}, 250).unref();
