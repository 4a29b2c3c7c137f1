import type { FollowUpResult, Observations } from '../model.js';
import { claimComplainedOf, speaksOfLookup, timeComplainedOf } from './claims.js';
import { hasChanged } from './follow-ups.js';
import { claimAtFault } from './read-claims.js';
import { baselineOf } from './responses.js';

/** A remaining fault of a token that is signed as the participant verifies it. */
export interface SecondFault {
  /** The claim, `clock`, or `null` if unknown. */
  readonly rejects: string | null;
  /** The answer that shows it. */
  readonly answer: string;
}

/**
 * The second fault of a participant: the experiment that proves its key, encoding or algorithm was rejected for another
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
