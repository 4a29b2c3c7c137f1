import type { DriftEvent, EventType } from './model.js';

/** What an event says of its incident: that it is open, or over. */
const says: Readonly<Record<EventType, 'open' | 'over'>> = {
  'drift-detected': 'open',
  'drift-changed': 'open',
  'drift-reminder': 'open',
  'drift-resolved': 'over',
  'participant-unreachable': 'open',
  'participant-recovered': 'over',
  'monitor-degraded': 'open',
  'monitor-recovered': 'over',
};

/** Whether the incident is over with this event. */
export const isOver = ({ type }: Pick<DriftEvent, 'type'>): boolean => says[type] === 'over';

/** The last event of every incident that is open, oldest incident first, once this one happened. */
export function openAfter(open: readonly DriftEvent[], event: DriftEvent): readonly DriftEvent[] {
  if (isOver(event)) return open.filter(({ incident }) => incident !== event.incident);
  const known = open.some(({ incident }) => incident === event.incident);
  return known ? open.map((one) => (one.incident === event.incident ? event : one)) : [...open, event];
}
