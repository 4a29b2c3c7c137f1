import type { Finding, Level, Observations, Report, Verdict } from '../model.js';
import type { Comparison } from './compare.js';
import { isUnreachable } from './responses.js';
import { deviatingIn, harmedBy } from './rotation/judged-rotation.js';

/** Every inconsistent participant: it differs, is split, mints or rejects wrongly, or accepts an invalid token. */
export function inconsistentOnes(observations: Observations, comparison: Comparison): string[] {
  return wrongOnes(observations, comparison, deviatingIn(comparison.rotation));
}

/** @param deviating those that are not where an open rotation wants them */
function wrongOnes(
  observations: Observations,
  comparison: Comparison,
  deviating: ReadonlySet<string>,
): string[] {
  const { differing, split, tokens, signing } = comparison;
  const named = new Set([
    ...differing,
    ...split,
    ...tokens.mintsOther.keys(),
    ...signing.signsOther,
    ...signing.flawed.keys(),
    ...deviating,
  ]);
  return observations.participants
    .filter(({ name }) => named.has(name) || tokens.refused.has(name) || takesBadTokens(comparison, name))
    .map((p) => p.name);
}

function takesBadTokens(comparison: Comparison, name: string): boolean {
  return (comparison.tokens.controls.get(name) ?? []).some((a) => a.result === 'accepted');
}

/** The verdict: an observed difference outweighs what could not be observed, and what could not be observed is never consistent. */
export function verdictOf(observations: Observations, comparison: Comparison): Verdict {
  if (comparison.divided || inconsistentOnes(observations, comparison).length > 0) return 'inconsistent';
  if (observations.isIncomplete === true) return 'inconclusive';
  const { participants, reference } = observations;
  const { tokens, agrees } = comparison;
  if (reference !== null && comparison.reference === null) return 'inconclusive';
  // A secret that must differ from this one, and that could not be read, may be the same.
  if (observations.crossChecks.some((other) => other.error !== null)) return 'inconclusive';
  // Services may accept a key that could not be read.
  if (observations.retiredKey != null && observations.retiredKey.error !== null) return 'inconclusive';
  const unproven = new Set(tokens.unproven);
  const doubtful = participants.some(
    (p) =>
      // A participant that may be unreachable must not answer wrongly.
      tokens.unclear.get(p.name)?.some((a) => !isUnreachable(a)) === true ||
      ((p.required || p.name === reference) &&
        (p.error !== null ||
          p.mintError !== undefined ||
          agrees.get(p.name) !== true ||
          tokens.unclear.has(p.name) ||
          unproven.has(p.name))),
  );
  const known = participants.filter((p) => p.reading !== null || agrees.get(p.name) === true);
  return doubtful || known.length < 2 ? 'inconclusive' : 'consistent';
}

/** The urgency of the findings. */
export function levelOf(
  observations: Observations,
  comparison: Comparison,
  { verdict, exitCode }: Pick<Report, 'verdict' | 'exitCode'>,
  findings: readonly Pick<Finding, 'severity'>[],
): Level {
  const harmed = harmedBy(comparison.rotation);
  const wrong = wrongOnes(observations, comparison, harmed);
  const wrongServices = wrong.filter((name) => name !== observations.reference);
  const openToAll = observations.participants.some(({ name }) =>
    (comparison.tokens.controls.get(name) ?? []).some(
      (a) => a.result === 'accepted' && (a.token === 'forged' || a.token === 'missing'),
    ),
  );
  if (wrongServices.length > 2 || comparison.leastWrong > 2 || openToAll) return 'EMERGENCY';
  const involved = comparison.divided ? comparison.groups.flatMap((g) => g.participants) : wrong;
  const issuer = observations.participants.some((p) => p.role === 'issuer' && involved.includes(p.name));
  const { tokens, signing } = comparison;
  // Users carry the tokens that services sign.
  const misissued = [...tokens.mintsOther.keys(), ...signing.signsOther, ...signing.flawed.keys()];
  if (issuer || tokens.refused.size > 0 || harmed.size > 0 || misissued.length > 0) return 'CRITICAL';
  if (findings.some((f) => f.severity === 'critical')) return 'CRITICAL';
  const unread = observations.participants.some((p) => p.error !== null);
  const isBad = findings.some((f) => f.severity === 'error');
  return verdict === 'consistent' && exitCode === 0 && !unread && !isBad ? 'INFO' : 'WARNING';
}
