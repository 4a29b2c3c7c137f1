import { Gauge, type Registry } from 'prom-client';
import { openRotationStates } from '../../model.js';
import type { WatchedRotation } from '../monitor-model.js';

const states = ['idle', ...openRotationStates] as const;

/** Adds the metrics of the open rotation. @returns sets them after a check, which ended at that time */
export function registerRotation(
  registry: Registry,
  environment: string,
): (open: WatchedRotation | null, at: Date) => void {
  const state = new Gauge({
    name: 'jwtcheck_rotation_state',
    help: 'The state of the open rotation: 1 for the one that holds, 0 for the others; idle if none is known to be open.',
    labelNames: ['environment', 'state'],
    registers: [registry],
  });
  const age = new Gauge({
    name: 'jwtcheck_rotation_age_seconds',
    help: 'How long the rotation has been open; no sample if none is known to be open.',
    labelNames: ['environment'],
    registers: [registry],
  });
  return (open, at) => {
    const current = open?.state ?? 'idle';
    for (const name of states) state.set({ environment, state: name }, name === current ? 1 : 0);
    age.reset();
    if (open === null) return;
    // The time of opening is that of another clock.
    age.set({ environment }, Math.max(0, at.getTime() - Date.parse(open.since)) / 1000);
  };
}
