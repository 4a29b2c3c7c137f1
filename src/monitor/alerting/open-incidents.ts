import type { Level } from '../../model.js';
import type { EnvironmentState } from '../monitor-model.js';
import type { IncidentKind } from './lifecycle.js';

/** An incident that was reported and is not over. */
export interface OpenIncident {
  readonly id: string;
  readonly kind: IncidentKind;
  readonly level: Level;
}

/** All that is open: what the metrics, the page and the events agree on. */
export function openIncidents({ incident, outages, group, blindness }: EnvironmentState): OpenIncident[] {
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
  return [...drift, ...unreachable, ...monitor];
}
