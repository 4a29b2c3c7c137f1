import * as z from 'zod';
import { notifiers } from '../monitor/notifiers/index.js';
import { duration } from './fields.js';
import { oneOf } from './one-of.js';

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
      .describe('Bad checks in a row before an alert; an EMERGENCY needs one.'),
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
      .describe('How often an open incident is told again; 0s: never.'),
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
  .describe('What jwtcheck watch does.');

export type WatchSettings = z.output<typeof watch>;
export type NotifierConfig = WatchSettings['notify'][number];
