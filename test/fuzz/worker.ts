import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import * as z from 'zod';
import { seedsOf } from './support/seeds.js';
import type { Target } from './support/target.js';
import { targets } from './targets/index.js';

/** The work of one thread: one target. */
export interface Job {
  readonly target: string;
  readonly seed: number;
  /** How many times the usual number of cases. */
  readonly times: number;
  /** Instead of a number of cases. */
  readonly seconds: number | null;
}

export type Told =
  | { readonly is: 'case'; readonly input: unknown }
  | { readonly is: 'failed'; readonly input: unknown; readonly why: string }
  | { readonly is: 'done'; readonly cases: number; readonly seeds: number; readonly ms: number };

/** Smaller inputs that are tried after a failure. */
const mostShrinks = 200;

const tell = (told: Told): void => parentPort?.postMessage(told);

const reasonOf = (error: unknown): string =>
  error instanceof Error
    ? error.name === 'Violation'
      ? error.message
      : (error.stack ?? error.message)
    : String(error);

async function work<Case>(target: Target<Case>, job: Job): Promise<Told> {
  const opened = await target.open();
  const run = (input: Case): Promise<void> => {
    tell({ is: 'case', input });
    return opened.run(input);
  };
  const seeds = seedsOf<Case>(target.name);
  for (const { file, input } of seeds) {
    try {
      await run(input);
    } catch (error) {
      return { is: 'failed', input: null, why: `${file}: ${reasonOf(error)}` };
    }
  }
  const started = performance.now();
  let cases = 0;
  const first: { failure: { input: Case; why: string } | null; shrinks: number } = {
    failure: null,
    shrinks: 0,
  };
  const property = fc.asyncProperty(target.inputs, async (input) => {
    if (first.failure === null) cases += 1;
    else first.shrinks += 1;
    // Enough of making it smaller.
    if (first.shrinks > mostShrinks) return;
    try {
      await run(input);
    } catch (error) {
      first.failure = { input, why: reasonOf(error) };
      throw error;
    }
  });
  const bound =
    job.seconds === null
      ? { numRuns: Math.ceil(target.cases * job.times) }
      : { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: job.seconds * 1000 };
  await fc.check(property, { seed: job.seed, ...bound });
  if (first.failure !== null) return { is: 'failed', ...first.failure };
  await opened.close();
  return { is: 'done', cases, seeds: seeds.length, ms: performance.now() - started };
}

const job = z
  .object({ target: z.string(), seed: z.number(), times: z.number(), seconds: z.number().nullable() })
  .parse(workerData);
const target = targets.find(({ name }) => name === job.target);
if (target === undefined) throw new Error(`there is no target ${job.target}`);
tell(await work(target, job));
