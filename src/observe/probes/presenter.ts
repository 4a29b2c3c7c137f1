import type { ProbeSettings } from '../../config/schema.js';
import type { Said } from '../../model.js';
import { Secret } from '../../secret/secret.js';
import type { ObserveContext } from '../context.js';
import { type ProbeKind, probes } from './index.js';
import type { ProbeResult } from './probe.js';

/** Operations of every probe, regardless of its kind. */
interface Presenter {
  target(probe: ProbeSettings, context: Pick<ObserveContext, 'label'>): string;
  attempt(probe: ProbeSettings, token: Secret | null, context: ObserveContext): Promise<ProbeResult>;
}

const presenters: Record<ProbeKind, Presenter> = probes;

/** The presenter of a probe's kind. */
export const presenterOf = (probe: ProbeSettings): Presenter => presenters[probe.kind];

/** Answers of one check, parsed and without the presented token. */
type Shown = Pick<ProbeResult, 'detail' | 'said'>;

const shownIn = new WeakMap<ObserveContext, Map<string, Shown>>();

/** Maximum number of different answers to remember. */
const mostRemembered = 4096;

/**
 * Presents a token, or none. Everything that the answer repeats of the token is removed immediately: later it is
 * unknown which of thousands of tokens it was.
 */
export async function present(
  probe: ProbeSettings,
  token: Secret | null,
  context: ObserveContext,
): Promise<ProbeResult> {
  const result = await presenterOf(probe).attempt(probe, token, context);
  if (token === null) return result;
  const { detail, said } = result;
  const remembered = shownIn.get(context) ?? new Map<string, Shown>();
  shownIn.set(context, remembered);
  // An equal answer to an earlier token cannot contain anything of this token alone: the result is the same.
  const key = JSON.stringify([detail, said]);
  const shown = remembered.get(key) ?? withoutToken({ detail, said }, token);
  if (remembered.size < mostRemembered) remembered.set(key, shown);
  return { ...result, ...shown };
}

function withoutToken({ detail, said }: Shown, token: Secret): Shown {
  const hide = Secret.hider([token], '[token]');
  const [shown = ''] = hide([detail]);
  return said === undefined ? { detail: shown } : { detail: shown, said: saidWithout(said, hide) };
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
