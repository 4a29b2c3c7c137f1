import * as z from 'zod';
import { levels, openRotationStates, rotationModes } from '../../model.js';
import { eventTypes } from '../event-types.js';
import type { MonitorState } from '../monitor-model.js';

const level = z.enum(levels);
const names = z.array(z.string());
const instant = z.iso.datetime();
const count = z.int().min(0);

const step = z.union([z.object({ text: z.string() }), z.object({ command: z.string() })]);
const findings = z.array(
  z.object({
    ...{ code: z.string(), participants: names, message: z.string(), remedy: z.string() },
    steps: z.array(step).optional(),
  }),
);
const impact = z.object({ currency: z.string(), mrrAtRisk: z.number().min(0) });

const drift = z.object({ level, participants: names, summary: z.string(), findings, impact });

/** Members that an earlier version did not write have defaults. */
const none = null;
const window = z.array(instant.nullable()).default([]);
const relapses = z.object({ times: count, calm: count }).nullable().default(none);
const dedupKey = z.string().nullable().default(none);

const incident = z
  .object({
    id: z.string(),
    dedupKey: z.string().optional(),
    since: instant,
    told: drift,
    toldAt: instant,
    peak: level,
    changes: count.default(0),
  })
  .transform((known) => ({ ...known, dedupKey: known.dedupKey ?? known.id }));

const outage = z.object({
  away: count,
  back: count,
  since: instant,
  told: z.string().nullable(),
  toldAt: instant.nullable().default(none),
  dedupKey,
  recent: window,
  relapses,
});

const group = z.object({
  id: z.string(),
  dedupKey: z.string(),
  since: instant,
  told: names,
  members: names.default([]),
  toldAt: instant,
  changes: count,
});

const rotationMode = z.enum(rotationModes);
const openState = z.enum(openRotationStates);
const version = z.int().min(1);

const watchedRotation = z.object({
  id: z.string(),
  mode: rotationMode,
  state: openState,
  from: version,
  to: version,
  enteredAt: instant,
  since: instant,
  incident: z.string(),
  dedupKey: z.string(),
  told: openState.nullable(),
  stalledAt: instant.nullable(),
});

const rotationEntry = z.object({
  id: z.string(),
  state: z.enum([...openRotationStates, 'finished', 'rolled-back']),
  at: instant,
});

const eventRotation = z.object({
  id: z.string(),
  mode: rotationMode,
  state: z.enum([...openRotationStates, 'finished', 'idle']),
  before: openState.nullable(),
  from: version,
  to: version.nullable(),
  enteredAt: instant,
});

const environment = z.object({
  checkedAt: instant.nullable().default(none),
  recent: window,
  bad: z.object({ count, since: instant, drift }).nullable(),
  good: count,
  changed: z.object({ count, drift, recent: window, adds: window }).nullable(),
  incident: incident.nullable(),
  relapses,
  outages: z.record(z.string(), outage),
  group: group.nullable().default(none),
  blindness: outage.nullable(),
  unsettled: z.object({ count, since: instant }).nullable(),
  rotation: z
    .object({
      since: instant,
      open: watchedRotation.nullable(),
      newest: rotationEntry.nullable(),
      older: z.object({ entry: rotationEntry, since: instant }).nullable(),
    })
    .nullable()
    .default(none),
});

const event = z.object({
  schemaVersion: z.literal(1),
  id: z.string().min(1),
  incident: z.string(),
  dedupKey: z.string().optional(),
  type: z.enum(eventTypes),
  level,
  peak: level.optional(),
  environment: z.string(),
  at: instant,
  since: instant,
  durationMs: z.number().min(0),
  participants: names,
  summary: z.string(),
  plan: z.object({ hash: z.string(), actions: names }).optional(),
  findings,
  impact,
  links: z
    .object({ page: z.string().nullable(), runbook: z.string().nullable(), explain: z.string() })
    .optional(),
  emulators: names.optional(),
  rotation: eventRotation.optional(),
});

const remediation = z.object({
  participant: z.string(),
  cause: z.string(),
  version: z.string(),
  plan: z.string(),
  at: instant,
  incident: z.string(),
});

const remediations = z.object({
  tried: z.array(remediation),
  running: remediation.nullable(),
  endedAt: instant.nullable(),
  stopped: z.string().nullable(),
});

/**
 * The content of the state file. Unknown keys are dropped: within a schema version, later programs only add what an
 * earlier one does not need.
 */
export const monitorState = z.object({
  schemaVersion: z.literal(1),
  environments: z.record(z.string(), environment),
  unsent: z.array(z.object({ event, to: names })),
  open: z.array(event),
  remediations: z.record(z.string(), remediations).optional(),
}) satisfies z.ZodType<MonitorState>;

/** The part of a state file that identifies the program that wrote it. */
export const anyVersion = z.object({
  schemaVersion: z.int(),
  environments: z.record(z.string(), z.unknown()),
});
