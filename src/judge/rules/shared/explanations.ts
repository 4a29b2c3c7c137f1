import type { CandidateCode } from '../../../finding-codes.js';
import type { Observation, Observations } from '../../../model.js';
import type { Comparison } from '../../compare.js';
import { keysInUse } from '../../keys-in-use.js';
import { matchesOf } from './matches.js';
import { type Explanation, isAboutBytes, rank } from './proof.js';

export type { Explanation };

/**
 * Whom a cause of a difference may be claimed of: those that differ, or everybody where nobody is known to be right;
 * and those that show no fingerprint, where tokens proved which key they verify with.
 */
export function explainable(observations: Observations, comparison: Comparison): Observation[] {
  const differing = new Set(comparison.differing);
  return observations.participants.filter((p) =>
    p.reading === null
      ? keysInUse(observations, comparison, p.name).length > 0 || differing.has(p.name)
      : comparison.divided || differing.has(p.name),
  );
}

/**
 * For every suspect the form of this code that explains it best, in either direction. Of the codes about bytes only
 * one explains a suspect, for one change of bytes may look like another.
 */
export function explanations(
  observations: Observations,
  comparison: Comparison,
  code: CandidateCode,
): readonly Explanation[] {
  const known = cache.get(comparison);
  if (known?.observations === observations) return known.byCode.get(code) ?? [];
  const byCode = explainAll(observations, comparison);
  cache.set(comparison, { observations, byCode });
  return byCode.get(code) ?? [];
}

/** Every rule asks, and the answer is the same for all: the forms are gone through once. */
const cache = new WeakMap<
  Comparison,
  { observations: Observations; byCode: ReadonlyMap<CandidateCode, readonly Explanation[]> }
>();

function explainAll(observations: Observations, comparison: Comparison): Map<CandidateCode, Explanation[]> {
  const matches = matchesOf(observations, comparison);
  const byCode = new Map<CandidateCode, Explanation[]>();
  for (const suspect of explainable(observations, comparison)) {
    const best = new Map<string, Explanation>();
    for (const proof of matches(suspect)) {
      const key = isAboutBytes(proof.form.code) ? '' : proof.form.code;
      const before = best.get(key);
      if (before === undefined || rank(proof) < rank(before)) best.set(key, proof);
    }
    for (const proof of best.values()) {
      const found = byCode.get(proof.form.code);
      if (found === undefined) byCode.set(proof.form.code, [proof]);
      else found.push(proof);
    }
  }
  return byCode;
}
