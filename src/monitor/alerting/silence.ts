import type { Silence } from '../monitor-model.js';

/**
 * The silence in force for these participants: one without participants is for all, one with participants for what
 * concerns none but them. `null`: there is none.
 */
export function silenceFor(
  silences: readonly Silence[],
  participants: readonly string[],
  at: string,
): Silence | null {
  const time = Date.parse(at);
  const covers = ({ from, until, participants: silenced }: Silence): boolean =>
    Date.parse(from) <= time &&
    time < Date.parse(until) &&
    (silenced === undefined ||
      (participants.length > 0 && participants.every((name) => silenced.includes(name))));
  return silences.find(covers) ?? null;
}
