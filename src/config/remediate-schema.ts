import * as z from 'zod';
import { duration } from '../schema/fields.js';

/** Without actions, with the plan in alerts, or carrying out the safe actions of it. */
const mode = z.enum(['off', 'plan', 'safe']);

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 09:00');

const window = z.strictObject({
  days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1)
    .optional()
    .describe('Days on which it begins. Default: every day.'),
  start: time.describe('Time of day, UTC.'),
  end: time.describe('Time of day, UTC; before `start`: on the next day.'),
});

const settings = z.strictObject({
  mode: mode
    .default('off')
    .describe(
      'off: nothing. plan: alerts carry the plan of jwtcheck fix and its hash. safe: its safe actions are carried out as well, each at most once for a participant, cause and version of the reference.',
    ),
  perHour: z.int().min(1).max(60).default(2).describe('Actions within one hour, at most.'),
  windows: z.array(window).default([]).describe('Times at which actions may begin. Default: always.'),
  pause: duration({ min: 1000, max: 86_400_000, what: 'expected at least 1s and at most 24h' })
    .prefault('10m')
    .describe('Time between two actions, and the time that an action has to take effect.'),
});

/** `watch.remediate`: a mode, or a mode with its limits. */
export const remediate = z
  .union([mode.transform((chosen) => settings.parse({ mode: chosen })), settings])
  .prefault('off')
  .describe('What watching does about drift, beyond alerts: off, plan or safe, or an object with `mode`.');

/** Durations are milliseconds. */
export type RemediateSettings = z.output<typeof settings>;
export type RemediationWindow = RemediateSettings['windows'][number];
