import { Worker } from 'node:worker_threads';
import { asked, usage } from './support/arguments.js';
import { keep } from './support/seeds.js';
import { targetNames } from './targets/index.js';
import type { Job, Told } from './worker.js';

/**
 * Runs the fuzzers, two targets at a time: kept seeds first, then new inputs. A failing input is made small and kept as a
 * file in `seeds/`. Ends with 1 where anything failed.
 */

/** A case that takes longer hangs: the longest waits in one add up to seconds. Milliseconds. */
const hangMs = 120_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Whether a target held. */
function runTarget(job: Job): Promise<boolean> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: job });
    const latest = new Map<number, unknown>();
    let timer: NodeJS.Timeout;
    const end = (held: boolean): void => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(held);
    };
    const fail = (why: string, inputs: readonly unknown[]): void => {
      say(`FAILED ${job.target}, seed ${job.seed}: ${why}`);
      for (const input of inputs) say(`  kept as ${keep(job.target, input, why)}`);
      end(false);
    };
    // Of several that were under way it is not known which one did it: the same seed comes there again.
    const failAll = (why: string): void => fail(why, latest.size > 1 ? [] : [...latest.values()]);
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => failAll(`no end within ${hangMs / 1000} s`), hangMs);
    };
    watch();
    worker.on('message', (told: Told) => {
      watch();
      if (told.is === 'case') latest.set(told.lane, told.input);
      else if (told.is === 'failed') fail(told.why, told.input === null ? [] : [told.input]);
      else {
        const { cases, seeds, ms } = told;
        const rate = cases === 0 ? '' : `, ${((cases * 1000) / ms).toFixed(1)} a second`;
        say(`ok     ${job.target}: ${seeds} kept, ${cases} new${rate}, seed ${job.seed}`);
        end(true);
      }
    });
    // What nobody catches is thrown by the case that ran last, or by what it left behind.
    worker.on('error', (error) => failAll(`nobody caught this: ${error.stack ?? error.message}`));
  });
}

const options = asked(process.argv.slice(2), targetNames);
if (options === null) {
  say(usage(targetNames));
  process.exitCode = 2;
} else {
  const left = options.targets.map((target): Job => ({ ...options, target }));
  const lane = async (): Promise<boolean> => {
    const job = left.shift();
    if (job === undefined) return true;
    const held = await runTarget(job);
    return (await lane()) && held;
  };
  const held = await Promise.all([lane(), lane()]);
  process.exitCode = held.every(Boolean) ? 0 : 1;
}
