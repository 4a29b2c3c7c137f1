import type { ProbeSettings } from '../../config/schema.js';
import type { Secret } from '../../secret.js';
import type { World } from '../world.js';
import { type ProbeKind, probes } from './index.js';
import type { ProbeResult } from './probe.js';

/** What every probe can do, whichever its kind. */
interface Presenter {
  target(probe: ProbeSettings, world: Pick<World, 'label'>): string;
  attempt(probe: ProbeSettings, token: Secret | null, world: World): Promise<ProbeResult>;
}

const presenters: Record<ProbeKind, Presenter> = probes;

/** The presenter of a probe's kind. */
export const presenterOf = (probe: ProbeSettings): Presenter => presenters[probe.kind];
