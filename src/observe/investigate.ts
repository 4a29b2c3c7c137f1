import type { Comparison } from '../judge/compare.js';
import type { Observations } from '../model.js';
import { type Candidate, formOf } from './candidates/candidate.js';
import { distortedCandidates } from './candidates/distorted.js';
import { versionCandidates } from './candidates/versions.js';
import type { Observed } from './observe.js';
import type { World } from './world.js';

/** Looks closer once something differs: gathers what the wrong secrets could be, so that the rules can name the cause. */
export async function investigate(
  { observations, held }: Observed,
  comparison: Comparison,
  world: World,
): Promise<Observations> {
  const differing = new Set(comparison.differing);
  const concerned = observations.participants
    .map((p) => p.name)
    .filter((name) => comparison.divided || name === observations.reference || differing.has(name));
  const gathered = await Promise.all(
    concerned.map(async (name): Promise<Candidate[]> => {
      const holds = held.get(name);
      if (holds === undefined) return [];
      return [...distortedCandidates(name, holds.secret), ...(await versionCandidates(name, holds, world))];
    }),
  );
  const forms = gathered.flat().map((candidate) => formOf(candidate, world.fingerprintLength));
  return { ...observations, forms: [...observations.forms, ...forms] };
}

/** Whether there is anything to explain. */
export function needsInvestigation(comparison: Comparison): boolean {
  return comparison.differing.length > 0 || comparison.divided || comparison.tokens.refused.size > 0;
}
