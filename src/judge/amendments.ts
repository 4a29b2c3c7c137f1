import type { FollowUpResult, Observations } from '../model.js';
import { oneLine } from '../schema/shell-quote.js';
import { claimAtFault, claimComplainedOf, speaksOfLookup, timeComplainedOf } from './claims.js';
import type { Comparison } from './compare.js';
import { hasChanged } from './follow-ups.js';
import { distinct, list, referenceName, verbFor } from './phrases.js';
import { baselineOf } from './responses.js';

/** Participants that report another fingerprint but accept tokens of the right key. */
interface AcceptedDespiteDrift {
  readonly participants: readonly string[];
  readonly probes: readonly string[];
}

/**
 * The given participants that accepted valid tokens on every probe, and no invalid one: they verify with the right key,
 * whatever their fingerprint. `null`: none.
 */
export function acceptedDespiteDrift(
  { differing, reference, tokens }: Comparison,
  names: readonly string[],
): AcceptedDespiteDrift | null {
  if (reference === null) return null;
  const participants = names.filter((name) => {
    const controls = tokens.controls.get(name) ?? [];
    return (
      differing.includes(name) &&
      tokens.accepted.has(name) &&
      !tokens.refused.has(name) &&
      controls.some((a) => a.token === 'forged' && a.result === 'rejected') &&
      controls.every((a) => a.result !== 'accepted')
    );
  });
  const probes = distinct(
    participants.flatMap((name) => tokens.accepted.get(name) ?? []).map((a) => a.probe),
  );
  return participants.length === 0 ? null : { participants, probes };
}

/** The sentence that follows the cause. */
export function despiteDriftMessage(
  { participants, probes }: AcceptedDespiteDrift,
  observations: Observations,
): string {
  const accepts = verbFor(participants, 'accepts', 'accept');
  return `However, ${list(participants)} ${accepts} tokens signed with the secret of ${referenceName(observations)} (${list(probes, 3)}): both keys are in use there (a rotation, or replicas that differ), or the fingerprint is not that of the key that verifies.`;
}

/** The step before the remedy of the cause. */
export const despiteDriftFix = ({ participants }: AcceptedDespiteDrift): string =>
  `First check whether the fingerprint of ${list(participants.map(oneLine), 2)} is that of the key that signs and verifies there. If not, correct only the endpoint that reports it. Otherwise:`;

/** A remaining fault of a token that is signed as the participant verifies it. */
interface SecondFault {
  /** The claim, `clock`, or `null` if unknown. */
  readonly rejects: string | null;
  /** The answer that shows it. */
  readonly answer: string;
}

/**
 * The second fault of a participant: the follow-up that proves its key, encoding or algorithm was rejected for another
 * reason. `null`: no second fault is known.
 */
export function secondFaultOf({ attempts, followUps }: Observations, name: string): SecondFault | null {
  const verified = followUps.find((t) => t.participant === name && t.signatureVerified === true);
  if (verified === undefined) return null;
  const kept = followUps.filter(
    (t) => t.participant === name && t.probe === verified.probe && t.keeps === verified.text,
  );
  const [forged] = baselineOf({ attempts, followUps }, name, verified.probe).forged;
  return { rejects: byExperiment(kept) ?? byWords(verified, forged, kept), answer: verified.detail };
}

function byExperiment(kept: readonly FollowUpResult[]): string | null {
  const accepted = kept.filter((t) => t.result === 'accepted');
  const claim = accepted.filter(hasChanged('claim')).findLast(({ changed }) => changed.claim !== null);
  if (claim !== undefined) return claim.changed.claim;
  return accepted[0]?.changed.what === 'issued-at' ? 'clock' : null;
}

function byWords(
  verified: FollowUpResult,
  forged: Parameters<typeof claimComplainedOf>[1] | undefined,
  kept: readonly FollowUpResult[],
): string | null {
  if (forged === undefined) return null;
  if (timeComplainedOf(verified, forged) !== null) return 'clock';
  const claim = claimComplainedOf(verified, forged);
  if (claim !== null) return claim;
  return speaksOfLookup(verified) && !speaksOfLookup(forged) ? claimAtFault(kept, verified) : null;
}

/** The second fault in a sentence that follows the cause. */
export function secondFaultMessage({ rejects, answer }: SecondFault): string {
  const what =
    rejects === 'clock'
      ? 'the times of the token, as its clock sees them'
      : rejects === null
        ? 'something else that the token says'
        : `the claim ${rejects}`;
  return `It also rejects ${what} (${answer}).`;
}

/** The advice for the second fault. */
export function secondFaultFix({ rejects }: SecondFault, name: string): string {
  if (rejects === 'clock') return `Then compare the clock of ${name} with this machine's.`;
  const what = rejects === null ? 'claims' : rejects;
  return `Then compare the ${what} that ${name} expects with \`token\` in the configuration.`;
}
