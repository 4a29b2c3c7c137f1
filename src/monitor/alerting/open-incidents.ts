import type { Level } from '../../model.js';
import { eventTraits, type IncidentKind, isOver } from '../event-types.js';
import type { DriftEvent, EnvironmentState } from '../monitor-model.js';

/** An incident that was reported and is not over. */
export interface OpenIncident {
  readonly id: string;
  readonly kind: IncidentKind;
  readonly level: Level;
}

/**
 * All open incidents: the common source of the metrics, the page and the events. A rotation that goes as planned is none.
 */
export function openIncidents(state: EnvironmentState): OpenIncident[] {
  const { incident, outages, group, blindness, rotation } = state;
  const drift: OpenIncident[] =
    incident === null ? [] : [{ id: incident.id, kind: 'drift', level: incident.told.level }];
  // Participants that are reported together are one incident.
  const ids = new Set(Object.values(outages).flatMap(({ told }) => told ?? []));
  if (group !== null) ids.add(group.id);
  const unreachable = [...ids].map((id): OpenIncident => ({ id, kind: 'unreachable', level: 'WARNING' }));
  const monitor: OpenIncident[] =
    blindness === null || blindness.told === null
      ? []
      : [{ id: blindness.told, kind: 'monitor', level: 'WARNING' }];
  const open = rotation?.open ?? null;
  const stalled: OpenIncident[] =
    open === null || open.stalledAt === null
      ? []
      : [{ id: open.incident, kind: 'rotation', level: 'WARNING' }];
  return [...drift, ...unreachable, ...monitor, ...stalled];
}

/** Updates the last event of every open incident, oldest incident first. */
export function openAfter(open: readonly DriftEvent[], event: DriftEvent): readonly DriftEvent[] {
  if (eventTraits[event.type].isNote) return open;
  if (isOver(event)) return open.filter(({ incident }) => incident !== event.incident);
  const known = open.some(({ incident }) => incident === event.incident);
  return known ? open.map((one) => (one.incident === event.incident ? event : one)) : [...open, event];
}
