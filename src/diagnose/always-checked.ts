import { fingerprintsOf } from '../judge/compare.js';
import type { CandidateFingerprint } from '../model.js';
import { fingerprintOfCandidate } from '../observe/candidate.js';
import type { ObserveContext } from '../observe/context.js';
import type { Observed } from '../observe/observe.js';
import type { Plan } from '../observe/plan.js';
import { crossCheckOf, type ReferenceRead, readReferences } from '../observe/references.js';
import { shortestFingerprint } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';
import { literalCandidates, placeholder } from './candidates/distorted.js';
import { formsShown } from './candidates/known-texts.js';
import { nameCandidates } from './candidates/names.js';
import { publishedOfHeld, publishedOfShown } from './candidates/published.js';
import { standInOfHeld, standInTexts } from './candidates/stand-ins.js';

/** What was seen, with what is an alarm even where all agree. */
export interface AlwaysChecked extends Observed {
  /** References of the environments that must not share the secret. */
  readonly others: readonly ReferenceRead[];
}

/**
 * While participants are asked: reads the references that must differ. Then looks up whether a secret at hand is one
 * that anybody can look up, and whether any is no secret at all.
 */
export async function checkAlways(
  plan: Plan,
  context: ObserveContext,
  observing: Promise<Observed>,
): Promise<AlwaysChecked> {
  const mustDiffer = plan.crossReferences.filter((other) => other.crossCheck);
  const [observed, others] = await Promise.all([observing, readReferences(mustDiffer, context)]);
  const { observations, held } = observed;
  const secrets = [...held.values()].map((holds) => holds.secret);
  const none = noSecrets(plan, observed, secrets, context);
  const known = [...observations.candidates, ...none];
  const published = await publishedOfHeld(secrets, known, context.fingerprintLength);
  // Where all show one fingerprint and nobody holds the secret, nothing will be investigated: it is looked up here.
  const shown = [...new Set(observations.participants.flatMap(fingerprintsOf))];
  const isOne = new Set(shown.map(beginning)).size === 1;
  const ofShown = isOne && secrets.length === 0 ? await publishedOfShown(shown, known) : [];
  return {
    ...observed,
    others,
    observations: {
      ...observations,
      candidates: [...known, ...published, ...ofShown],
      crossChecks: others.map((other) => crossCheckOf(other, context)),
    },
  };
}

/** What stands where a secret should and is none, such as `undefined`: as far as somebody holds or shows it. */
function noSecrets(
  plan: Plan,
  { observations, held }: Observed,
  secrets: readonly Secret[],
  context: ObserveContext,
): CandidateFingerprint[] {
  const everybody = new Set(observations.participants.map((p) => p.name));
  const candidates = [
    ...secrets.flatMap(placeholder),
    ...secrets.flatMap(standInOfHeld),
    ...literalCandidates(),
    ...nameCandidates(plan, everybody, held, context).filter((one) => one.code === 'unresolved-placeholder'),
  ];
  const shown = new Set(observations.participants.flatMap(fingerprintsOf).map(beginning));
  const found = new Map<string, CandidateFingerprint>();
  if (secrets.length === 0)
    for (const form of formsShown(standInTexts(), shown, context.fingerprintLength))
      found.set(form.fingerprint, form);
  for (const candidate of candidates) {
    const form = fingerprintOfCandidate(candidate, context.fingerprintLength);
    if (shown.has(beginning(form.fingerprint)) && !found.has(form.fingerprint))
      found.set(form.fingerprint, form);
  }
  return [...found.values()];
}

const beginning = (fingerprint: string): string => fingerprint.slice(0, shortestFingerprint);
