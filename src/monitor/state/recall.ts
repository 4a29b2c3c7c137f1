import { summaryOfFinding } from '../alerting/drift.js';
import { eventTraits, isGroup, isOver, worse } from '../event-types.js';
import { readHistory } from '../history/read.js';
import type { HistoryRecord } from '../history/record.js';
import {
  type DriftEvent,
  type EnvironmentState,
  initialState,
  type MonitorState,
  type Outage,
  type RotationState,
} from '../monitor-model.js';
import { createPatience, late } from './patience.js';

/**
 * Restores the open incidents after the state was lost, from the events in the history. The end of an incident is then
 * still reported, and a lasting incident is not reported as new. Unsent events are lost.
 * @param records of any environment, the oldest first
 */
export async function recall(
  state: MonitorState,
  environment: string,
  records: AsyncIterable<HistoryRecord>,
): Promise<MonitorState> {
  if (Object.hasOwn(state.environments, environment)) return state;
  /** By what can be open once at a time: the drift, the monitor, one participant. */
  const latest = new Map<string, DriftEvent>();
  const peaks = new Map<string, DriftEvent['level']>();
  for await (const record of records) {
    if (record.type !== 'event' || record.environment !== environment) continue;
    const { event } = record;
    const before = peaks.get(event.incident);
    const peak = event.peak ?? event.level;
    peaks.set(event.incident, before === undefined ? peak : worse(before, peak));
    for (const key of keysOf(event)) {
      const known = latest.get(key);
      // A group also names those that were reported by themselves before: their own incident continues.
      const isOwn = known !== undefined && !isOver(known) && !isGroup(known.incident);
      if (!(isOwn && isGroup(event.incident))) latest.set(key, event);
    }
  }
  const open = [...latest].filter(([, event]) => !isOver(event));
  if (open.length === 0) return state;
  const recalled = open.reduce((sum, [key, event]) => withOpen(sum, key, event, peaks), initialState);
  return {
    ...state,
    environments: Object.fromEntries([...Object.entries(state.environments), [environment, recalled]]),
    open: [...state.open, ...new Set(open.map(([, event]) => event))],
  };
}

const participantKey = (name: string): string => `unreachable ${name}`;

function keysOf(event: DriftEvent): string[] {
  if (eventTraits[event.type].isNote) return [];
  const { kind } = eventTraits[event.type];
  return kind === 'unreachable' ? event.participants.map(participantKey) : [kind];
}

function withOpen(
  state: EnvironmentState,
  key: string,
  event: DriftEvent,
  peaks: ReadonlyMap<string, DriftEvent['level']>,
): EnvironmentState {
  const { incident: id, level, participants, findings, impact, since, at } = event;
  const dedupKey = event.dedupKey ?? id;
  const { kind } = eventTraits[event.type];
  if (kind === 'drift')
    return {
      ...state,
      incident: {
        id,
        dedupKey,
        since,
        told: { level, participants, summary: causeIn(event), findings, impact },
        toldAt: at,
        peak: peaks.get(id) ?? level,
        changes: 0,
      },
    };
  const outage: Outage = {
    away: 1,
    back: 0,
    since,
    told: id,
    toldAt: at,
    dedupKey,
    recent: [],
    relapses: null,
  };
  if (kind === 'monitor') return { ...state, blindness: outage };
  if (kind === 'rotation') return { ...state, rotation: recalledRotation(event) };
  const name = key.slice(participantKey('').length);
  const isOfGroup = isGroup(id);
  const own: Outage = isOfGroup ? { ...outage, toldAt: null, dedupKey: null } : outage;
  return {
    ...state,
    outages: Object.fromEntries([...Object.entries(state.outages), [name, own]]),
    group: isOfGroup
      ? { id, dedupKey, since, told: participants, members: [], toldAt: at, changes: 0 }
      : state.group,
  };
}

/** The drift in words, as later events repeat it: the summary of an event also says where, since when, and more. */
function causeIn({ findings: [first], summary }: DriftEvent): string {
  return first === undefined ? summary : summaryOfFinding(first);
}

/** As the event reported it; a later record may show its end. */
function recalledRotation(event: DriftEvent): RotationState | null {
  const { rotation, level, incident, dedupKey = incident, since, at } = event;
  if (rotation === undefined) return null;
  const { id, mode, state, from, to, enteredAt } = rotation;
  if (state === 'finished' || state === 'idle' || to === null) return null;
  const stalledAt = level === 'INFO' ? null : at;
  return {
    since: at,
    open: { id, mode, state, from, to, enteredAt, since, incident, dedupKey, told: state, stalledAt },
    newest: { id, state, at: enteredAt },
    older: null,
  };
}

/** Later than any check. */
const endOfTime = new Date('9999-12-31T00:00:00Z');

/** Calls `recall` on a file; if that takes too long or fails, the state is unchanged. @param patienceMs milliseconds */
export async function recallFrom(
  historyFile: string,
  state: MonitorState,
  environment: string,
  { warn, patienceMs }: { readonly warn: (text: string) => void; readonly patienceMs: number },
): Promise<MonitorState> {
  // Checks contain nothing about incidents: they are skipped unparsed.
  const events = readHistory(historyFile, { since: endOfTime, eventsSince: new Date(0) });
  const reading = recall(state, environment, events).catch(() => state);
  const recalled = await createPatience()(reading, patienceMs);
  if (recalled === late || recalled === state) return state;
  const open = recalled.open.length - state.open.length;
  const what = open === 1 ? 'an incident that is' : `${open} incidents that are`;
  warn(`the state does not know of ${what} open by the history: ${open === 1 ? 'it goes' : 'they go'} on`);
  return recalled;
}
