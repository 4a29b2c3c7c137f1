import * as z from 'zod';
import { notifiers } from '../notify/index.js';
import { duration, httpUrl, oneOf } from '../schema/fields.js';
import { remediate } from './remediate-schema.js';

/** RFC 3339 with seconds and an offset. */
const instant = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/,
    'expected a time such as 2026-02-01T10:00:00Z',
  )
  .refine((text) => !Number.isNaN(Date.parse(text)), 'this time does not exist');

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
    reason: z.string().min(1).describe('Reason, for the log.'),
    from: instant.describe('RFC 3339, such as 2026-02-01T10:00:00Z.'),
    until: instant.describe('RFC 3339, such as 2026-02-01T11:00:00Z.'),
    participants: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Only events that concern only these participants. Default: all events.'),
  })
  .refine(({ from, until }) => Date.parse(from) < Date.parse(until), {
    message: 'must end after it starts',
    path: ['until'],
  });

/** Settings of `jwtcheck watch`: checks, notifications and state. */
export const watch = z
  .strictObject({
    interval: duration({ min: 100, max: 86_400_000, what: 'expected at least 100ms and at most 24h' })
      .prefault('60s')
      .describe('Time from the start of one check to the start of the next.'),
    jitter: duration({ max: 3_600_000, what: 'expected at most 1h' })
      .prefault('5s')
      .describe('Maximum random addition to an interval; never more than the interval.'),
    failureThreshold: z
      .int()
      .min(1)
      .max(1000)
      .default(2)
      .describe(
        'Number of failed checks among the latest ones that triggers an alert. An EMERGENCY needs one.',
      ),
    failureWindow: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe(
        'Number of latest checks that failureThreshold is counted in. Default: twice as many. Inconclusive checks, and checks before a pause of three intervals, do not count.',
      ),
    successThreshold: z
      .int()
      .min(1)
      .max(1000)
      .default(2)
      .describe(
        'Number of consecutive good checks that resolves an alert. An inconclusive check never resolves one.',
      ),
    controlsEvery: duration({ max: 86_400_000, what: 'expected at most 24h' })
      .prefault('10m')
      .describe(
        'How often invalid tokens are presented while nothing changes; 0s: in every check. Valid tokens are presented in every check.',
      ),
    remindEvery: duration({ max: 30 * 86_400_000, what: 'expected at most 720h' })
      .prefault('30m')
      .describe('Interval of reminders for an open incident of any kind; 0s: never.'),
    groupAbove: z
      .int()
      .min(1)
      .max(10_000)
      .default(5)
      .describe(
        'If more than this number of participants are unreachable at once, they are one event and one incident.',
      ),
    silence: z
      .array(silence)
      .default([])
      .describe(
        'Maintenance windows, in which no new alert is sent. Problems that persist alert at the end.',
      ),
    heartbeat: z
      .strictObject({
        url: httpUrl.describe(
          "URL of a dead man's switch service: a credential. Set it with an environment variable.",
        ),
        every: duration({ min: 1000, max: 86_400_000, what: 'expected at least 1s and at most 24h' })
          .prefault('60s')
          .describe('Minimum interval of requests.'),
      })
      .optional()
      .describe('Requested (GET) after each conclusive check, to detect a monitor that stopped.'),
    externalUrl: httpUrl.optional().describe('URL of the status page; notifications link to it.'),
    runbookUrl: httpUrl
      .optional()
      .describe('URL of your runbook; notifications link to it, with the code of the finding after #.'),
    hosts: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/, 'expected a host name, without a port'),
      )
      .min(1)
      .optional()
      .describe(
        'Host names that the server answers to, in addition to addresses and localhost. Default: every name if it does not listen on loopback only, otherwise none.',
      ),
    listen: listen.default('127.0.0.1:9464').describe('Address of the metrics and the status page, or none.'),
    state: z
      .string()
      .min(1)
      .default('.jwtcheck/state.json')
      .describe('State that survives a restart. Relative to the configuration file.'),
    history: z
      .string()
      .min(1)
      .default('.jwtcheck/history.ndjson')
      .describe('Log of all checks and events, one per line. Relative to the configuration file.'),
    remediate,
    notify: z.array(notifier).default([]).describe('Receivers of events.'),
  })
  .refine(({ failureThreshold, failureWindow = failureThreshold }) => failureWindow >= failureThreshold, {
    message: 'must be at least failureThreshold',
    path: ['failureWindow'],
  })
  .describe('Settings of jwtcheck watch.');

export type WatchSettings = z.output<typeof watch>;
export type NotifierConfig = WatchSettings['notify'][number];
