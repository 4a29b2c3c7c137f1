import * as z from 'zod';
import { notifiers } from '../notify/index.js';
import { duration, httpUrl } from '../schema/fields.js';
import { oneOf } from '../schema/one-of.js';

/** RFC 3339 with seconds and an offset. */
const instant = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/,
    'expected a time such as 2026-02-01T10:00:00Z',
  )
  .refine((text) => !Number.isNaN(Date.parse(text)), 'there is no such time');

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
      .describe('The maximum that is added to an interval at random; never more than the interval.'),
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
        'How many of the latest checks failureThreshold counts in; default: twice as many. Inconclusive checks are left out, and so are checks before a pause of three intervals.',
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
    heartbeat: z
      .strictObject({
        url: httpUrl.describe(
          "Given by a dead man's switch service: a credential. Take it from an environment variable.",
        ),
        every: duration({ min: 1000, max: 86_400_000, what: 'expected at least 1s and at most 24h' })
          .prefault('60s')
          .describe('No more often than this.'),
      })
      .optional()
      .describe('Requested (GET) after each conclusive check, so that a dead monitor is noticed.'),
    externalUrl: httpUrl.optional().describe('Where people reach the status page; notifications link to it.'),
    runbookUrl: httpUrl
      .optional()
      .describe(
        'Where your instructions are; notifications link to it, with the code of the finding after #.',
      ),
    hosts: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/, 'expected a host name, without a port'),
      )
      .min(1)
      .optional()
      .describe(
        'Host names that the server answers to; addresses and localhost always. Default: every name where it listens off loopback, none on loopback.',
      ),
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
    notify: z.array(notifier).default([]).describe('Who is notified of events.'),
  })
  .refine(({ failureThreshold, failureWindow = failureThreshold }) => failureWindow >= failureThreshold, {
    message: 'must be at least failureThreshold',
    path: ['failureWindow'],
  })
  .describe('What jwtcheck watch does.');

export type WatchSettings = z.output<typeof watch>;
export type NotifierConfig = WatchSettings['notify'][number];
