import type { Selection } from '../../../check/selection.js';
import type { PartName, Shard } from '../../../config/shards.js';
import { UsageError } from '../../../errors.js';
import { type OutputFormat, observationsFormat } from '../../../report/format-names.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Far more than any engine starts at once. */
const mostShards = 10_000;

const takes = `--shard takes INDEX/COUNT such as 1/3: the index from 1 to the count, the count from 1 to ${mostShards}`;

/** The variables in which an engine numbers the runs that share its work. */
interface Engine {
  readonly index: string;
  readonly count: string;
  /** The index of the first run. */
  readonly first: 0 | 1;
  /** What to do if only the index is set. */
  readonly hint: string;
}

const engines: readonly Engine[] = [
  {
    index: 'JOB_COMPLETION_INDEX',
    count: 'JOB_COMPLETIONS',
    first: 0,
    hint: 'Kubernetes sets only the index: set JOB_COMPLETIONS to spec.completions in the manifest, or pass --shard.',
  },
  {
    index: 'CLOUD_RUN_TASK_INDEX',
    count: 'CLOUD_RUN_TASK_COUNT',
    first: 0,
    hint: 'Cloud Run sets both for the tasks of a job. Elsewhere, pass --shard.',
  },
  {
    index: 'CI_NODE_INDEX',
    count: 'CI_NODE_TOTAL',
    first: 1,
    hint: 'GitLab CI sets both for a job with `parallel`. Elsewhere, pass --shard.',
  },
  {
    // Set by the action in a job with a matrix.
    index: 'JWTCHECK_MATRIX_INDEX',
    count: 'JWTCHECK_MATRIX_TOTAL',
    first: 0,
    hint: `Set JWTCHECK_MATRIX_TOTAL to $\{{ strategy.job-total }}, or pass --shard.`,
  },
];

/** Parses `--shard I/N`. @throws UsageError */
function shardFlag(text: string): Shard {
  const [, index = '', count = ''] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(count) };
  if (index === '' || !isShard(shard)) throw new UsageError(takes);
  return shard;
}

const isShard = ({ index, of }: Shard): boolean => index >= 1 && index <= of && of <= mostShards;

/**
 * The shard that the engine gives this run; `null` outside of engines, and in a run that shares its work with no other.
 * @throws UsageError if variables contradict each other
 */
function shardOfEngine(env: Env): Shard | null {
  const found = engines.flatMap((engine) => {
    const shard = shardOf(engine, env);
    return shard === null || shard.of === 1 ? [] : [{ engine, shard }];
  });
  const [first, second] = found;
  if (first === undefined) return null;
  if (second !== undefined)
    throw new UsageError(
      `${first.engine.index} and ${second.engine.index} are both set, so that the shard is unclear`,
      'Pass --shard INDEX/COUNT.',
    );
  return first.shard;
}

function shardOf({ index, count, first, hint }: Engine, env: Env): Shard | null {
  const given = { index: env[index] ?? '', count: env[count] ?? '' };
  if (given.index === '') return null;
  if (given.count === '') throw new UsageError(`${index} is set, but ${count} is not`, hint);
  const isNumber = (text: string): boolean => /^\d{1,5}$/.test(text);
  const shard = { index: Number(given.index) + 1 - first, of: Number(given.count) };
  if (!isNumber(given.index) || !isNumber(given.count) || !isShard(shard))
    throw new UsageError(
      `${index} must be a number from ${first} to ${first === 0 ? `${count} - 1` : count}, and ${count} from 1 to ${mostShards}`,
      'Pass --shard INDEX/COUNT.',
    );
  return shard;
}

/** The name of the file of a part in a folder: the same command in every run writes another file. */
export function partFileName(part: PartName | undefined): string {
  if (part === undefined) return 'whole.json';
  const { shard, reach } = part;
  return `${['part', ...(reach ?? []), ...(shard === null ? [] : [`${shard.index}-of-${shard.of}`])].join('-')}.json`;
}

/** What determines the part of a run. */
interface PartFlags {
  readonly shard: string | undefined;
  readonly reach: readonly string[] | undefined;
  readonly formats: readonly OutputFormat[];
  readonly dryRun: boolean;
}

/**
 * The part of the participants that this run looks at. The variables of an engine count only where observations are
 * all that is written: a check that looked at a third, because a pipeline runs it three times, would report the whole
 * as consistent.
 * @throws UsageError
 */
export function partFlags(
  { shard, reach, formats, dryRun }: PartFlags,
  env: Env,
): Required<Pick<Selection, 'part' | 'isJudgedLater'>> {
  const observing = formats.filter((format) => format === observationsFormat).length;
  const isJudgedLater = observing > 0 && observing === formats.length;
  if (!isJudgedLater && !dryRun) {
    const flag = shard !== undefined ? '--shard' : reach !== undefined && observing > 0 ? '--reach' : null;
    if (flag !== null)
      throw new UsageError(
        `${flag} looks at a part, which has no verdict of its own`,
        'Write only what was observed, and judge all parts together: -f observations:part.json, then jwtcheck judge.',
      );
  }
  const found = shard !== undefined ? shardFlag(shard) : isJudgedLater ? shardOfEngine(env) : null;
  const part = { shard: found?.of === 1 ? null : found, reach: reach ?? null };
  return {
    part: part.shard === null && part.reach === null ? undefined : part,
    isJudgedLater: isJudgedLater || (dryRun && shard !== undefined),
  };
}
