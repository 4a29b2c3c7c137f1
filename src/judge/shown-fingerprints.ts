import type { Fingerprint, Observation } from '../model.js';

/** Every distinct fingerprint that a participant showed. */
export function fingerprintsOf(participant: Observation): Fingerprint[] {
  if (participant.reading === null) return [];
  const { fingerprint, instances } = participant.reading;
  return [...new Set([fingerprint, ...instances.map((i) => i.fingerprint)])];
}
