import * as z from 'zod';
import { notifiers } from '../monitor/notifiers/index.js';
import { duration } from './fields.js';
import { oneOf } from './one-of.js';

const instant = z.iso.datetime({ offset: true, message: 'expected a time such as 2026-02-01T10:00:00Z' });

const notifier = oneOf(Object.values(notifiers).map((kind) => kind.schema));

/** `127.0.0.1:9464`, `[::1]:9464`, `:9464` (every address), or `none`. */
export const listen = z
  .string()
  .regex(
    /^(none|(\[[0-9a-fA-F:.]+\]|[^\s:[\]]*):\d{1,5})$/,
    'expected ADDRESS:PORT such as 127.0.0.1:9464, or none',
  )
  .refine(
    (text) => text === 'none' || Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535,
    'the port is above 65535',
  );

const silence = z
  .strictObject({
    reason: z.string().min(1).describe('Why, for those who read it in the log.'),
    from: instant.describe('RFC 3339, such as 2026-02-01T10:00:00Z.'),
    until: instant.describe('RFC 3339, such as 2026-02-01T11:00:00Z.'),
    participants: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Only what concerns none but these; default: everything.'),
  })
  .refine(({ from, until }) => Date.parse(from) < Date.parse(until), {
    message: 'must end after it begins',
    path: ['until'],
  });

/** How `jwtcheck watch` keeps checking, whom it tells, and where it remembers. */
export const watch = z
  .strictObject({
    interval: duration({ min: 100, max: 86_400_000, what: 'expected at least 100ms and at most 24h' })
      .prefault('60s')
      .describe('From the start of one check to the start of the next.'),
    jitter: duration({ max: 3_600_000, what: 'expected at most 1h' })
      .prefault('5s')
      .describe('At most so much is added to an interval, at random; never more than the interval.'),
    failureThreshold: z
      .int()
      .min(1)
      .max(1000)
      .default(2)
      .describe('Bad checks among the latest ones before an alert; an EMERGENCY needs one.'),
    failureWindow: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'How many of the latest checks failureThreshold counts in; default: twice as many. A check that could not tell is left out, and so are checks before a pause of three intervals.',
      ),
    successThreshold: z
      .int()
      .min(1)
      .max(1000)
      .default(2)
      .describe('Good checks in a row before it is resolved. An inconclusive check never resolves anything.'),
    controlsEvery: duration({ max: 86_400_000, what: 'expected at most 24h' })
      .prefault('10m')
      .describe(
        'How often invalid tokens are presented while nothing changes; 0s: at every check. The valid token is presented every time.',
      ),
    remindEvery: duration({ max: 30 * 86_400_000, what: 'expected at most 720h' })
      .prefault('30m')
      .describe('How often an open incident of any kind is notified again; 0s: never.'),
    groupAbove: z
      .int()
      .min(1)
      .max(10_000)
      .default(5)
      .describe('More participants than these unreachable at once are one event and one incident.'),
    silence: z
      .array(silence)
      .default([])
      .describe('Planned times in which nothing begins to alert: what lasts longer alerts when they end.'),
    listen: listen
      .default('127.0.0.1:9464')
      .describe('Where metrics and the status page are served; or none.'),
    state: z
      .string()
      .min(1)
      .default('.jwtcheck/state.json')
      .describe('What survives a restart. Relative to the configuration file.'),
    history: z
      .string()
      .min(1)
      .default('.jwtcheck/history.ndjson')
      .describe('Every check and event, a line each. Relative to the configuration file.'),
    notify: z.array(notifier).default([]).describe('Whom to tell of what happened.'),
  })
  .refine(({ failureThreshold, failureWindow = failureThreshold }) => failureWindow >= failureThreshold, {
    message: 'must be at least failureThreshold',
    path: ['failureWindow'],
  })
  .describe('What jwtcheck watch does.');

export type WatchSettings = z.output<typeof watch>;
export type NotifierConfig = WatchSettings['notify'][number];
