import type { Observations } from '../model.js';

/** Two or more participants agree, all that were read, and only a pinned fingerprint is another one: the pin may be wrong. */
export function pinDiffersFromAll(
  { participants, reference }: Observations,
  differing: readonly string[],
): boolean {
  const others = participants.filter((p) => p.name !== reference && p.reading !== null);
  const shown = new Set(others.map((p) => p.reading?.fingerprint));
  const isPinned = participants.find((p) => p.name === reference)?.holder?.is === 'pin';
  return isPinned && others.length > 1 && shown.size === 1 && others.length === differing.length;
}
