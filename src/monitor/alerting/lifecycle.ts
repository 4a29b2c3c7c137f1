import type { DriftEvent, EventType } from '../monitor-model.js';

/** What an incident is about: secrets that differ, a participant that is away, or a monitor that sees nothing. */
export type IncidentKind = 'drift' | 'unreachable' | 'monitor';

/** What each event is to its incident. */
export const roles: Readonly<
  Record<EventType, { readonly kind: IncidentKind; readonly part: 'begin' | 'go on' | 'end' }>
> = {
  'drift-detected': { kind: 'drift', part: 'begin' },
  'drift-changed': { kind: 'drift', part: 'go on' },
  'drift-reminder': { kind: 'drift', part: 'go on' },
  'drift-resolved': { kind: 'drift', part: 'end' },
  'participant-unreachable': { kind: 'unreachable', part: 'begin' },
  'participant-recovered': { kind: 'unreachable', part: 'end' },
  'monitor-degraded': { kind: 'monitor', part: 'begin' },
  'monitor-recovered': { kind: 'monitor', part: 'end' },
};

/** Whether the incident is over with this event. */
export const isOver = ({ type }: Pick<DriftEvent, 'type'>): boolean => roles[type].part === 'end';

/** The last event of every incident that is open, oldest incident first, once this one happened. */
export function openAfter(open: readonly DriftEvent[], event: DriftEvent): readonly DriftEvent[] {
  if (isOver(event)) return open.filter(({ incident }) => incident !== event.incident);
  const known = open.some(({ incident }) => incident === event.incident);
  return known ? open.map((one) => (one.incident === event.incident ? event : one)) : [...open, event];
}
