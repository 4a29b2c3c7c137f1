// Side by side with what people use instead, in one run. `npm run bench -- start` runs one part.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byHand } from './by-hand.js';
import { diagnosis } from './diagnosis.js';
import { fleet } from './fleet.js';
import { history } from './history.js';
import { memory } from './memory.js';
import { startUp } from './start-up.js';
import { watch } from './watch.js';

const parts = { start: startUp, hand: byHand, fleet, memory, diagnosis, history, watch };
const wanted = process.argv.slice(2);

console.log(`${''.padEnd(58)}  jwtcheck   the other`);
const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-bench-'));
try {
  for (const [name, part] of Object.entries(parts)) {
    if (wanted.length === 0 || wanted.includes(name)) await part(folder);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
