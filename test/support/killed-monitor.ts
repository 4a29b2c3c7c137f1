// A process that saves states and records events as fast as it can, until it is killed. Bundled by the test that kills it.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { openHistory } from '../../src/monitor/history/history.js';
import { openStateFile } from '../../src/monitor/state/state-file.js';
import { aDriftEvent, aState } from './monitor-records.js';

const [folder = '', ballast = '0'] = process.argv.slice(2);
const say = (text: string) => writeSync(1, `${text}\n`);

async function live(): Promise<void> {
  const warn = (text: string) => say(`warned ${text}`);
  const file = await openStateFile(join(folder, 'state.json'), { now: () => new Date(), warn });
  const history = await openHistory(join(folder, 'history.ndjson'), { maxBytes: 100_000, files: 500, warn });
  let number = file.state.environments.staging?.good ?? 0;
  say(`began ${number}`);
  // Events in progress at the last kill are recorded again, as the monitor does with unsent ones.
  for (; ; number++) {
    const event = aDriftEvent({ id: `event ${number}`, summary: 'x'.repeat(Number(ballast)) });
    const done = await history.append({ type: 'event', at: event.at, environment: 'staging', event });
    say(done.ok ? `recorded ${number}` : `failed ${done.error.message}`);
    await file.save(aState(number + 1, Number(ballast)));
    say(`saved ${number + 1}`);
  }
}

void live();
