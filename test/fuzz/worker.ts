import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import * as z from 'zod';
import { seedsOf } from './support/seeds.js';
import type { Opened, Target } from './support/target.js';
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
  | { readonly is: 'case'; readonly lane: number; readonly input: unknown }
  | { readonly is: 'failed'; readonly input: unknown; readonly why: string }
  | { readonly is: 'done'; readonly cases: number; readonly seeds: number; readonly ms: number };

/** Smaller inputs that are tried after a failure, and for how many milliseconds. */
const mostShrinks = 200;
const longestShrink = 30_000;

const tell = (told: Told): void => parentPort?.postMessage(told);

const reasonOf = (error: unknown): string =>
  error instanceof Error
    ? error.name === 'Violation'
      ? error.message
      : (error.stack ?? error.message)
    : String(error);

async function replay<Case>(target: Target<Case>, opened: Opened<Case>): Promise<Told | number> {
  const seeds = seedsOf<Case>(target.name);
  for (const { file, input } of seeds) {
    tell({ is: 'case', lane: 0, input });
    try {
      await opened.run(input);
    } catch (error) {
      return { is: 'failed', input: null, why: `${file}: ${reasonOf(error)}` };
    }
  }
  return seeds.length;
}

async function work<Case>(target: Target<Case>, job: Job): Promise<Told> {
  const opened = await target.open();
  const seeds = await replay(target, opened);
  if (typeof seeds !== 'number') return seeds;
  const started = performance.now();
  let cases = 0;
  const first: { lane: number | null; input: Case | null; why: string; shrinks: number; failedAt: number } = {
    lane: null,
    input: null,
    why: '',
    shrinks: 0,
    failedAt: Number.POSITIVE_INFINITY,
  };
  const propertyOf = (lane: number) =>
    fc.asyncProperty(target.inputs, async (input) => {
      if (first.lane === null) cases += 1;
      else first.shrinks += 1;
      // The others end where one failed, and that ends where it was made small enough.
      const isSmall = first.shrinks > mostShrinks || performance.now() > first.failedAt + longestShrink;
      if (isSmall || (first.lane ?? lane) !== lane) return;
      tell({ is: 'case', lane, input });
      try {
        await opened.run(input);
      } catch (error) {
        if ((first.lane ?? lane) !== lane) return;
        if (first.lane === null) first.failedAt = performance.now();
        Object.assign(first, { lane, input, why: reasonOf(error) });
        throw error;
      }
    });
  const bound =
    job.seconds === null
      ? { numRuns: Math.ceil((target.cases * job.times) / target.lanes) }
      : { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: job.seconds * 1000 };
  const lanes = Array.from({ length: target.lanes }, (_, lane) =>
    fc.check(propertyOf(lane), { seed: job.seed + lane, ...bound }),
  );
  await Promise.all(lanes);
  if (first.lane !== null) return { is: 'failed', input: first.input, why: first.why };
  await opened.close();
  return { is: 'done', cases, seeds, ms: performance.now() - started };
}

const job = z
  .object({ target: z.string(), seed: z.number(), times: z.number(), seconds: z.number().nullable() })
  .parse(workerData);
const target = targets.find(({ name }) => name === job.target);
if (target === undefined) throw new Error(`there is no target ${job.target}`);
tell(await work(target, job));
