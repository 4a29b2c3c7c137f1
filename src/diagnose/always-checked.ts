import { fingerprintsOf } from '../judge/participants.js';
import type { CandidateFingerprint } from '../model.js';
import { fingerprintOfCandidate } from '../observe/candidate.js';
import type { ObserveContext } from '../observe/context.js';
import type { Observed } from '../observe/observe.js';
import type { Plan } from '../observe/plan.js';
import { crossCheckOf, type ReferenceRead, readReferences } from '../observe/references.js';
import { fingerprintOf, firstDigits, shortestFingerprint } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';
import { literalCandidates, placeholder } from './candidates/distorted.js';
import { anyShown, standInOfHeld, standInsShown } from './candidates/known-texts.js';
import { placeholderCandidates } from './candidates/names.js';
import { publishedOfHeld, publishedOfShown } from './candidates/published-candidates.js';

/** Observations, completed by the checks that raise an alarm even if all participants agree. */
export interface AlwaysChecked extends Observed {
  /** References of the environments that must not share the secret. */
  readonly references: readonly ReferenceRead[];
}

/**
 * Reads the references that must differ while the participants answer. Then checks whether a known secret is
 * published, or is not a secret at all.
 */
export async function checkAlways(
  plan: Plan,
  context: ObserveContext,
  observing: Promise<Observed>,
): Promise<AlwaysChecked> {
  const mustDiffer = plan.crossReferences.filter((other) => other.crossCheck);
  const [observed, references] = await Promise.all([observing, readReferences(mustDiffer, context)]);
  const { observations, held } = observed;
  const secrets = [...held.values()].map((holds) => holds.secret);
  const none = noSecrets(plan, observed, secrets, context);
  const known = [...observations.candidates, ...none];
  const published = await publishedOfHeld(secrets, known, context.fingerprintLength);
  // If all participants report one fingerprint and none yields the secret, no later step looks for causes: it is
  // looked up here.
  const shown = [...new Set(observations.participants.flatMap(fingerprintsOf))];
  const isOne = new Set(shown.map(firstDigits)).size === 1;
  const ofShown = isOne && secrets.length === 0 ? await publishedOfShown(shown, known) : [];
  return {
    ...observed,
    references,
    observations: {
      ...observations,
      candidates: [...known, ...published, ...ofShown],
      crossChecks: references.map((other) => crossCheckOf(other, context)),
    },
  };
}

const isLiteralShown = anyShown(() =>
  literalCandidates().map(({ secret }) => fingerprintOf(secret, shortestFingerprint)),
);

/** Values that are not secrets, such as `undefined`, if a participant holds or reports one. */
function noSecrets(
  plan: Plan,
  { observations, held }: Observed,
  secrets: readonly Secret[],
  context: ObserveContext,
): CandidateFingerprint[] {
  const names = new Set(observations.participants.map((p) => p.name));
  const shown = new Set(observations.participants.flatMap(fingerprintsOf).map(firstDigits));
  const candidates = [
    ...secrets.flatMap(placeholder),
    ...secrets.flatMap(standInOfHeld),
    ...(isLiteralShown(shown) ? literalCandidates() : []),
    ...placeholderCandidates(plan, names, held, shown, context),
  ];
  const found = new Map<string, CandidateFingerprint>();
  if (secrets.length === 0)
    for (const form of standInsShown(shown, context.fingerprintLength)) found.set(form.fingerprint, form);
  for (const candidate of candidates) {
    const form = fingerprintOfCandidate(candidate, context.fingerprintLength);
    if (shown.has(firstDigits(form.fingerprint)) && !found.has(form.fingerprint))
      found.set(form.fingerprint, form);
  }
  return [...found.values()];
}
