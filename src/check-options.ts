import * as z from 'zod';
import { UsageError } from './errors.js';
import type { FailOn } from './judge/exit-code.js';
import { controls } from './model.js';

const failOn = ['warning', 'error', 'critical', 'never'] as const satisfies readonly FailOn[];
const names = z.array(z.string(), 'takes a list of participants').optional();
const flag = z.boolean('takes true or false').optional();
/** At most an hour, as in the configuration. */
const milliseconds = z
  .number('takes milliseconds, from 1 to 3600000 (1h)')
  .min(1, 'takes milliseconds, from 1 to 3600000 (1h)')
  .max(3_600_000, 'takes milliseconds, from 1 to 3600000 (1h)')
  .optional();
const many = 'takes a whole number from 1 to 10000';

/** Whatever else is in them is left alone: callers may keep things of their own there. */
const schema = z.object({
  config: z
    .union([z.string(), z.record(z.string(), z.unknown())], 'takes a configuration or the path of one')
    .optional(),
  environment: z.string('takes the name of an environment').optional(),
  cwd: z.string('takes the path of a folder').optional(),
  env: z.record(z.string(), z.unknown(), 'takes variables by name').optional(),
  now: z.custom((value) => value === undefined || typeof value === 'function', 'takes a function').optional(),
  onProgress: z
    .custom((value) => value === undefined || typeof value === 'function', 'takes a function')
    .optional(),
  signal: z.instanceof(AbortSignal, { error: 'takes an AbortSignal' }).optional(),
  only: names,
  skip: names,
  allowUnreachable: names,
  probes: flag,
  followUp: flag,
  controls: z
    .union(
      [z.enum(['all', 'none']), z.array(z.enum(controls))],
      `takes all, none or a list of: ${controls.join(', ')}`,
    )
    .optional(),
  expect: z.string('takes a fingerprint').optional(),
  concurrency: z.int(many).min(1, many).max(10_000, many).optional(),
  failOn: z.enum(failOn, `takes one of: ${failOn.join(', ')}`).optional(),
  timeoutMs: milliseconds,
  deadlineMs: milliseconds,
});

/**
 * Refuses wrong options before anything is started; types alone keep nobody from passing them. What was given is not
 * repeated: it may be a secret in the wrong place.
 * @throws UsageError with every wrong option
 */
export function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw new UsageError('check() takes options');
  const parsed = schema.safeParse(options);
  if (parsed.success) return;
  const problems = parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
  throw new UsageError([...new Set(problems)].join('; '));
}
