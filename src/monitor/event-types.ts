import { type Level, levels } from '../model.js';

/** The types of events. They are public: later versions only add to them. */
export const eventTypes = [
  'drift-detected',
  'drift-changed',
  'drift-reminder',
  'drift-resolved',
  'participant-unreachable',
  'participant-recovered',
  'monitor-degraded',
  'monitor-recovered',
  'rotation-started',
  'rotation-advanced',
  'rotation-stalled',
  'rotation-finished',
  'rotation-rolled-back',
  'remediation-started',
  'remediation-finished',
] as const;
export type EventType = (typeof eventTypes)[number];

/** The subject of an incident: secrets that differ, a participant that cannot be reached, or degraded monitoring. */
export type FaultKind = 'drift' | 'unreachable' | 'monitor';

/** The subject of events. A rotation is planned: it counts as an open incident only once it has stalled. */
export type IncidentKind = FaultKind | 'rotation';

/** The properties of a type of event. */
interface EventTraits {
  readonly kind: IncidentKind;
  /** The role of the event in its incident. */
  readonly part: 'begin' | 'continue' | 'end';
  /** The type in words, for reports and notifiers. */
  readonly title: string;
  /** Bad news, good news, or news that leaves the state unknown. */
  readonly status: 'bad' | 'ok' | 'unknown';
  /** It says what is done about an incident, not what the incident is. */
  readonly isNote?: true;
  /** The levels that it can have; default: those of its kind, or INFO for an end. */
  readonly levels?: readonly Level[];
}

/** The one table of event types. */
export const eventTraits: Readonly<Record<EventType, EventTraits>> = {
  'drift-detected': { kind: 'drift', part: 'begin', title: 'drift detected', status: 'bad' },
  'drift-changed': { kind: 'drift', part: 'continue', title: 'drift changed', status: 'bad' },
  'drift-reminder': { kind: 'drift', part: 'continue', title: 'drift continues', status: 'bad' },
  'remediation-started': {
    kind: 'drift',
    part: 'continue',
    title: 'remediation started',
    status: 'unknown',
    isNote: true,
  },
  'remediation-finished': {
    kind: 'drift',
    part: 'continue',
    title: 'remediation finished',
    status: 'unknown',
    isNote: true,
  },
  'drift-resolved': { kind: 'drift', part: 'end', title: 'drift resolved', status: 'ok' },
  'participant-unreachable': {
    kind: 'unreachable',
    part: 'begin',
    title: 'participant unreachable',
    status: 'unknown',
  },
  'participant-recovered': {
    kind: 'unreachable',
    part: 'end',
    title: 'participant reachable again',
    status: 'ok',
  },
  'monitor-degraded': {
    kind: 'monitor',
    part: 'begin',
    title: 'monitoring is degraded',
    status: 'unknown',
  },
  'monitor-recovered': { kind: 'monitor', part: 'end', title: 'monitoring works again', status: 'ok' },
  'rotation-started': {
    kind: 'rotation',
    part: 'begin',
    title: 'rotation started',
    status: 'ok',
    levels: ['INFO'],
  },
  'rotation-advanced': {
    kind: 'rotation',
    part: 'continue',
    title: 'rotation advanced',
    status: 'ok',
    levels: ['INFO', 'WARNING'],
  },
  'rotation-stalled': {
    kind: 'rotation',
    part: 'continue',
    title: 'rotation stalled',
    status: 'unknown',
  },
  'rotation-finished': { kind: 'rotation', part: 'end', title: 'rotation finished', status: 'ok' },
  'rotation-rolled-back': { kind: 'rotation', part: 'end', title: 'rotation rolled back', status: 'ok' },
};

/** The levels that an open incident can have, by its kind. The end of every incident has the level INFO. */
export const incidentLevels: Readonly<Record<IncidentKind, readonly Level[]>> = {
  drift: ['WARNING', 'CRITICAL', 'EMERGENCY'],
  unreachable: ['WARNING'],
  monitor: ['WARNING'],
  rotation: ['WARNING'],
};

/** The levels that events of a type can have. */
export function levelsOf(type: EventType): readonly Level[] {
  const { kind, part, levels } = eventTraits[type];
  return levels ?? (part === 'end' ? ['INFO'] : incidentLevels[kind]);
}

/** Whether the incident is over with an event. */
export const isOver = ({ type }: { readonly type: EventType }): boolean => eventTraits[type].part === 'end';

/** Whether an incident is that of many unreachable participants at once, by its identifier. */
export const isGroup = (incident: string): boolean => /\/[-\d]{10}T[\d:.]+Z#unreachable$/.test(incident);

/** Whether `level` is more urgent than `other`. */
export function isWorse(level: Level, other: Level): boolean {
  return levels.indexOf(level) > levels.indexOf(other);
}

/** The more urgent one. */
export function worse(one: Level, other: Level): Level {
  return isWorse(other, one) ? other : one;
}
