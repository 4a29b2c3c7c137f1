import * as z from 'zod';
import { controlNames, isRequestedControl, namesRetiredTwice, retiredOnce } from '../config/controls.js';
import { listen } from '../config/watch-schema.js';
import { UsageError } from '../errors.js';
import type { FailOn } from '../judge/exit-code.js';

const failOn = ['warning', 'error', 'critical', 'never'] as const satisfies readonly FailOn[];
const names = z.array(z.string(), 'takes a list of participants').optional();
const flag = z.boolean('takes true or false').optional();
/** The maximum is one hour, as in the configuration. */
const milliseconds = z
  .number('takes milliseconds, from 1 to 3600000 (1h)')
  .min(1, 'takes milliseconds, from 1 to 3600000 (1h)')
  .max(3_600_000, 'takes milliseconds, from 1 to 3600000 (1h)')
  .optional();
const many = 'takes a whole number from 1 to 10000';

const takesControls = `takes all, none or a list of: ${controlNames.join(', ')}`;

const callback = z
  .custom((value) => value === undefined || typeof value === 'function', 'takes a function')
  .optional();

/** Unknown options are ignored: callers may keep their own data in the same object. */
const ofCheck = z.object({
  config: z
    .union([z.string(), z.record(z.string(), z.unknown())], 'takes a configuration or the path of one')
    .optional(),
  environment: z.string('takes the name of an environment').optional(),
  cwd: z.string('takes the path of a folder').optional(),
  env: z.record(z.string(), z.unknown(), 'takes variables by name').optional(),
  now: callback,
  onProgress: callback,
  signal: z.instanceof(AbortSignal, { error: 'takes an AbortSignal' }).optional(),
  only: names,
  skip: names,
  allowUnreachable: names,
  probes: flag,
  followUp: flag,
  controls: z
    .union(
      [z.enum(['all', 'none']), z.array(z.string().refine(isRequestedControl, takesControls))],
      takesControls,
    )
    .refine((list) => typeof list === 'string' || !namesRetiredTwice(list), retiredOnce)
    .optional(),
  expect: z.string('takes a fingerprint').optional(),
  concurrency: z.int(many).min(1, many).max(10_000, many).optional(),
  failOn: z.enum(failOn, `takes one of: ${failOn.join(', ')}`).optional(),
  timeoutMs: milliseconds,
  deadlineMs: milliseconds,
});

const day = 'takes milliseconds, from 100 to 86400000 (24h)';

const ofWatch = ofCheck.omit({ onProgress: true }).extend({
  intervalMs: z.number(day).min(100, day).max(86_400_000, day).optional(),
  listen: z
    .string('takes ADDRESS:PORT such as 127.0.0.1:9464, or none')
    .refine((text) => listen.safeParse(text).success, 'takes ADDRESS:PORT such as 127.0.0.1:9464, or none')
    .optional(),
  cycles: z.int('takes a whole number, from 1').min(1, 'takes a whole number, from 1').optional(),
  onEvent: callback,
  onReport: callback,
  onWarning: callback,
});

/**
 * Rejects invalid options before anything starts, because callers without TypeScript can pass anything. Messages do
 * not repeat the given value: it may be a misplaced secret.
 * @throws UsageError with every invalid option
 */
export function checkOptions(options: unknown): void {
  refuseWrong('check', ofCheck, options);
}

/**
 * Rejects invalid options of `watch`.
 * @throws UsageError with every invalid option
 */
export function watchOptions(options: unknown): void {
  refuseWrong('watch', ofWatch, options);
}

function refuseWrong(name: string, schema: z.ZodType, options: unknown): void {
  if (typeof options !== 'object' || options === null) throw new UsageError(`${name}() takes options`);
  const parsed = schema.safeParse(options);
  if (parsed.success) return;
  const problems = parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`);
  throw new UsageError([...new Set(problems)].join('; '));
}
