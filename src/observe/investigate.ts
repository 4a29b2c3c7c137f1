import { fingerprintOf, formsOf } from '../fingerprint.js';
import type { Comparison } from '../judge/compare.js';
import type { Observations, VersionReading } from '../model.js';
import type { Observed } from './observe.js';
import type { World } from './world.js';

/**
 * Looks closer once something differs: whoever differs, and the reference, get the fingerprints of the known distortions
 * of their secrets and of its other versions, so that the rules can name the cause.
 */
export async function investigate(
  { observations, held }: Observed,
  comparison: Comparison,
  world: World,
): Promise<Observations> {
  const length = world.fingerprintLength;
  const differing = new Set(comparison.differing);
  const participants = observations.participants.map(async (p) => {
    const holds = held.get(p.name);
    const concerned = comparison.divided || p.name === observations.reference || differing.has(p.name);
    if (p.reading === null || holds === undefined || !concerned) return p;
    const versions = (await holds.versions?.(world)) ?? [];
    const readings: VersionReading[] = versions.map(({ version, createdAt, secret }) => ({
      version,
      createdAt,
      fingerprint: fingerprintOf(secret, length),
    }));
    return { ...p, reading: { ...p.reading, forms: formsOf(holds.secret, length), versions: readings } };
  });
  return { ...observations, participants: await Promise.all(participants) };
}

/** Whether there is anything to explain. */
export function needsInvestigation(comparison: Comparison): boolean {
  return comparison.differing.length > 0 || comparison.divided || comparison.tokens.refused.size > 0;
}
