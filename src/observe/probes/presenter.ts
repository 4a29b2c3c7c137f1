import type { ProbeSettings } from '../../config/schema.js';
import { Secret } from '../../secret.js';
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

/**
 * Presents a token, or none. What the answer says of the token itself is taken out of it at once: later nobody knows which
 * of the thousands of tokens of a check it was.
 */
export async function present(
  probe: ProbeSettings,
  token: Secret | null,
  world: World,
): Promise<ProbeResult> {
  const result = await presenterOf(probe).attempt(probe, token, world);
  if (token === null) return result;
  const [detail = ''] = Secret.hider([token])([result.detail]);
  return { ...result, detail };
}
