import type { Comparison } from '../judge/compare.js';
import type { Observations } from '../model.js';
import type { Secret } from '../secret.js';
import { type Candidate, formOf } from './candidates/candidate.js';
import { distortedCandidates } from './candidates/distorted.js';
import { knownCandidates } from './candidates/known.js';
import { versionCandidates } from './candidates/versions.js';
import { followUp } from './follow-up/index.js';
import type { Observed } from './observe.js';
import type { Plan, Progress } from './plan.js';
import type { World } from './world.js';

/** What looking closer brought, and the secrets that were met on the way, for taking them out of texts. */
export interface Investigated {
  readonly observations: Observations;
  readonly secrets: readonly Secret[];
}

/**
 * Looks closer once something differs: gathers what the wrong secrets could be, so that the rules can name the cause,
 * and follows up where a genuine token was refused.
 */
export async function investigate(
  { observations, held }: Observed,
  comparison: Comparison,
  plan: Plan,
  world: World,
  progress: Progress,
): Promise<Investigated> {
  const differing = new Set(comparison.differing);
  const refused = new Set([...comparison.tokens.refused.values()].flat().map((a) => a.minter));
  const concerned = observations.participants
    .map((p) => p.name)
    .filter(
      (name) =>
        comparison.divided ||
        name === observations.reference ||
        differing.has(name) ||
        (observations.reference === null && refused.has(name)),
    );
  const gathered = await Promise.all(
    concerned.map(async (name): Promise<Candidate[]> => {
      const holds = held.get(name);
      if (holds === undefined) return [];
      return [...distortedCandidates(name, holds.secret), ...(await versionCandidates(name, holds, world))];
    }),
  );
  const candidates = gathered.flat();
  const forms = candidates.map((candidate) => formOf(candidate, world.fingerprintLength));
  const trials = await followUp({
    plan,
    observations,
    comparison,
    held,
    candidates: refused.size === 0 ? [] : [...candidates, ...(await knownCandidates(plan.fallbacks))],
    world,
    progress,
  });
  return {
    observations: { ...observations, forms: [...observations.forms, ...forms], trials },
    secrets: candidates
      .filter(({ code, of }) => elsewhere.has(code) || (comparison.agrees.get(of ?? '') && !words.has(code)))
      .map(({ secret }) => secret),
  };
}

/** Live secrets that were read from somewhere else, whoever they belong to. */
const elsewhere: ReadonlySet<string> = new Set([
  'stale-secret-version',
  'ahead-of-reference',
  'sibling-secret',
  'wrong-environment',
]);

/** No secrets, but names, placeholders and words that anybody may say. */
const words: ReadonlySet<string> = new Set([
  'secret-name-as-value',
  'unresolved-placeholder',
  'empty-secret',
  'non-value',
]);

/** Whether there is anything to explain. */
export function needsInvestigation(comparison: Comparison): boolean {
  return comparison.differing.length > 0 || comparison.divided || comparison.tokens.refused.size > 0;
}
