import * as z from 'zod';
import { levels } from '../model.js';
import { eventTypes, type MonitorState } from './model.js';

const level = z.enum(levels);
const names = z.array(z.string());
const instant = z.iso.datetime();
const count = z.int().min(0);

const findings = z.array(
  z.object({ code: z.string(), participants: names, message: z.string(), remedy: z.string() }),
);
const impact = z.object({ currency: z.string(), mrrAtRisk: z.number().min(0) });

const drift = z.object({ level, participants: names, summary: z.string(), findings, impact });

const incident = z.object({ id: z.string(), since: instant, told: drift, toldAt: instant, peak: level });

const outage = z.object({ away: count, back: count, since: instant, told: z.string().nullable() });

const environment = z.object({
  bad: z.object({ count, since: instant, drift }).nullable(),
  good: count,
  changed: z.object({ count, drift }).nullable(),
  incident: incident.nullable(),
  outages: z.record(z.string(), outage),
  blindness: outage.nullable(),
  unsettled: z.object({ count, since: instant }).nullable(),
});

const event = z.object({
  schemaVersion: z.literal(1),
  id: z.string().min(1),
  incident: z.string(),
  type: z.enum(eventTypes),
  level,
  environment: z.string(),
  at: instant,
  since: instant,
  durationMs: z.number().min(0),
  participants: names,
  summary: z.string(),
  findings,
  impact,
});

/**
 * The content of the state file. Keys that it does not know are left out: within a schema version, later programs only
 * add what an earlier one can do without.
 */
export const monitorState = z.object({
  schemaVersion: z.literal(1),
  environments: z.record(z.string(), environment),
  unsent: z.array(z.object({ event, to: names })),
  open: z.array(event),
}) satisfies z.ZodType<MonitorState>;

/** Enough of a file of ours to tell which program wrote it. */
export const anyVersion = z.object({
  schemaVersion: z.int(),
  environments: z.record(z.string(), z.unknown()),
});
