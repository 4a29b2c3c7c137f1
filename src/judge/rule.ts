import type { FindingCode } from '../finding-codes.js';
import type { JsonValue, Observations, RemedyStep, Severity } from '../model.js';
import type { Comparison } from './compare.js';
import type { Advice } from './steps.js';

/** What the codes are about; `explain` lists them by this. */
export const families = {
  'which-bytes': 'The wrong bytes',
  'which-secret': 'The wrong secret',
  general: 'A difference with no proved cause',
  'token-refused': 'The right secret, but a rejected token',
  'wrongly-taken': 'An invalid token is accepted',
  agreement: 'Agreement despite a difference',
  'could-not-tell': 'Could not be determined',
  hygiene: 'Hygiene',
} as const;

export type Family = keyof typeof families;

/** Facts by name, as the report gives them. */
export type Facts = { readonly [key: string]: JsonValue };

/** What shows that a rule's proposition holds. */
export interface Evidence<F extends Facts = Facts> {
  /** Whom it concerns. Several rules may prove a cause for one participant; the first one registered wins. */
  readonly participants: readonly string[];
  /** `true`: it explains what its participants are found with, in whatever family: no other rule claims them. */
  readonly isCause?: boolean;
  /** Instead of the rule's. */
  readonly severity?: Severity | 'by-role';
  readonly facts: F;
  /**
   * Facts that differ from one participant to the next. They do not keep a `joint` rule's findings apart; of several
   * participants the report gives every distinct value.
   */
  readonly each?: Facts;
  /** What to do, where only the observation tells; the report does not count it as evidence. */
  readonly advice?: readonly RemedyStep[];
}

/** One finding: when it holds, and all that is said about it. `F`: the facts that prove it. */
export interface Rule<F extends Facts = Facts> {
  readonly code: FindingCode;
  readonly family: Family;
  /** `by-role`: `critical` where a participant concerned is an issuer, otherwise `error`. */
  readonly severity: Severity | 'by-role';
  /** Participants with the same facts make one finding; `message` and `fix` then have to read right for several. */
  readonly joint?: boolean;
  /** A proposition, such as "A trailing newline is part of the key". */
  readonly title: string;
  /** What it means and how it comes about. */
  readonly explanation: string;
  readonly example: string;
  /** What has to be seen before it is claimed. */
  readonly proof: string;
  /** Public issues, by repository and number, in which it was met. */
  readonly incidents: readonly string[];
  /** How to fix it for good. */
  readonly remedy: string;
  find(observations: Observations, comparison: Comparison): readonly Evidence<F>[];
  /** One sentence about this very case. */
  message(evidence: Evidence<F>, observations: Observations): string;
  /** What to do in this very case: where there is one, the next command to type. */
  fix(evidence: Evidence<F>, observations: Observations): Advice;
}
