import { parseArgs } from 'node:util';

/** What the flags ask for. */
export interface Asked {
  readonly targets: readonly string[];
  readonly seed: number;
  readonly times: number;
  readonly seconds: number | null;
}

/** Of a run without flags: a failure comes back in the next run, and no run fails by chance. */
const usualSeed = 20_260_131;

export const usage = (targets: readonly string[]): string =>
  [
    'npm run fuzz -- [--target NAME]… [--times N | --seconds N] [--seed N]',
    '',
    'Without flags each target runs a fixed number of cases of a fixed seed, a minute in all; --times N runs N times as many.',
    'With --seconds N each target goes on for so long, from a new seed unless one is given.',
    `Targets: ${targets.join(', ')}.`,
  ].join('\n');

/** The flags; `null` where they are wrong, or help is wanted. */
export function asked(args: string[], targets: readonly string[]): Asked | null {
  try {
    const { values } = parseArgs({
      args,
      options: {
        target: { type: 'string', multiple: true },
        times: { type: 'string' },
        seconds: { type: 'string' },
        seed: { type: 'string' },
      },
    });
    const chosen = values.target ?? targets;
    const times = Number(values.times ?? 1);
    const seconds = values.seconds === undefined ? null : Number(values.seconds);
    const seed = Number(values.seed ?? (seconds === null ? usualSeed : Date.now() % 2 ** 31));
    const areNumbers = [times, seconds ?? 1].every((number) => number > 0) && Number.isSafeInteger(seed);
    if (!areNumbers || !chosen.every((name) => targets.includes(name))) return null;
    return { targets: chosen, seed, times, seconds };
  } catch {
    return null;
  }
}
