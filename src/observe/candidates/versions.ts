import type { Held, HeldVersion } from '../sources/source.js';
import type { World } from '../world.js';
import type { Candidate } from './candidate.js';

/** Older and newer versions of the secret that a participant holds. */
export async function versionCandidates(name: string, held: Held, world: World): Promise<Candidate[]> {
  const versions = (await held.versions?.(world)) ?? [];
  return versions.map((version) => versionCandidate(name, version, Number(held.version)));
}

function versionCandidate(
  of: string,
  { version, createdAt, secret }: HeldVersion,
  current: number,
): Candidate {
  return {
    code: Number(version) < current ? 'stale-secret-version' : 'ahead-of-reference',
    of,
    undone: false,
    text: `version ${version}`,
    secret,
    facts: { version, createdAt, current: String(current) },
  };
}
