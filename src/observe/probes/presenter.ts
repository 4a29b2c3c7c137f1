import type { ProbeSettings } from '../../config/schema.js';
import type { Said } from '../../model.js';
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
 * Presents a token, or none. Whatever the answer gives away of the token is taken out of it at once: later nobody knows
 * which of the thousands of tokens of a check it was.
 */
export async function present(
  probe: ProbeSettings,
  token: Secret | null,
  world: World,
): Promise<ProbeResult> {
  const result = await presenterOf(probe).attempt(probe, token, world);
  if (token === null) return result;
  const hide = Secret.hider([token], '[token]');
  const one = (text: string): string => hide([text])[0] ?? '';
  const { detail, said } = result;
  return { ...result, detail: one(detail), ...(said === undefined ? {} : { said: saidWithout(said, hide) }) };
}

function saidWithout(said: Said, hide: (texts: readonly string[]) => string[]): Said {
  const { words, members, layer, location } = said;
  const values = Object.values(members);
  const texts = hide([
    ...words,
    layer ?? '',
    location ?? '',
    ...Object.keys(members),
    ...values.map((value) => (typeof value === 'string' ? value : '')),
  ]);
  const names = words.length + 2;
  return {
    ...said,
    words: texts.slice(0, words.length),
    members: Object.fromEntries(
      values.map((value, at) => [
        texts[names + at] ?? '',
        typeof value === 'string' ? (texts[names + values.length + at] ?? '') : value,
      ]),
    ),
    layer: layer === null ? null : (texts[words.length] ?? ''),
    location: location === null ? null : (texts[words.length + 1] ?? ''),
  };
}
