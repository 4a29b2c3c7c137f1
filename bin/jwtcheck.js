#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';

if (process.argv[2] === 'watch') {
  // Until the program listens for it itself, what asks a monitor to read its configuration again must not end it.
  process.on('SIGHUP', () => {});
} else if (process.version.startsWith('v20.')) {
  // Nearly every run is over before most of its code, undici's WebAssembly among it, is worth optimising, and that would take
  // a core that it needs. Later versions of Node wait longer by themselves, and do not know the first of these flags. A
  // monitor runs for weeks: it is worth it there.
  setFlagsFromString('--interrupt-budget=1000000');
  setFlagsFromString('--liftoff-only');
}
// A large check makes much that lives only until its answer: looking for it earlier saves a quarter of the memory.
setFlagsFromString('--heap-growing-percent=40');
let code = 4;
try {
  const { main } = await import('../dist/main.js');
  code = await main(process);
} catch (error) {
  // Not even what explains errors could be loaded, or it failed itself. Its message may hold anything: the code tells enough.
  const why = String(error?.code ?? error?.name ?? 'unknown').replace(/[^\w-]/g, '');
  const what = ['EMFILE', 'ENFILE'].includes(why)
    ? 'there are too few file descriptors: raise the limit (`ulimit -n`), 256 are enough'
    : `it could not be started (${why}): install it again, with Node 20.19 or later`;
  process.stderr.write(`jwtcheck: ${what}\n`);
}
process.exitCode = code;
const later = (milliseconds, work) => setTimeout(work, milliseconds).unref();
/** Exits once no file is being read or written. A volume that does not answer never ends that: then a signal does. */
const exit = (attempts) => {
  if (!process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'))) process.exit();
  if (attempts === 0) process.kill(process.pid, 'SIGTERM');
  else later(50, () => exit(attempts - 1));
};
// What cannot be called off, such as a name that is still being looked up, would hold the process up; nothing waits for it
// any more. An exit waits for system calls that are under way, a signal does not: it ends what one was to end already.
later(250, () => {
  if (code === 130 || code === 143) process.kill(process.pid, code === 143 ? 'SIGTERM' : 'SIGINT');
  else exit(20);
});
