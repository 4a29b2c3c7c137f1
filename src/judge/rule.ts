import type { FindingCode } from '../finding-codes.js';
import type { JsonValue, Observations, RemedyStep, Severity } from '../model.js';
import type { Comparison } from './compare.js';
import type { Advice } from './remedy-steps.js';

/** The families of codes, by which `explain` lists them. */
export const families = {
  'which-bytes': 'The wrong bytes',
  'which-secret': 'The wrong secret',
  general: 'A difference with no proved cause',
  'token-refused': 'The right secret, but a rejected token',
  'wrongly-taken': 'An invalid token is accepted',
  rotation: 'A rotation is open',
  agreement: 'Agreement despite a difference',
  'could-not-tell': 'Could not be determined',
  hygiene: 'Hygiene',
} as const;

export type Family = keyof typeof families;

/** Facts by name, as the report gives them. */
export type Facts = { readonly [key: string]: JsonValue };

/** The evidence that a rule's proposition holds. */
export interface Evidence<F extends Facts = Facts> {
  /** The participants concerned. Several rules may prove a cause for one participant; the first registered rule wins. */
  readonly participants: readonly string[];
  /** `true`: it is the cause for its participants, in any family: no other rule claims them. */
  readonly isCause?: boolean;
  /** Instead of the rule's. */
  readonly severity?: Severity | 'by-role';
  readonly facts: F;
  /**
   * Facts that differ from one participant to the next. They do not keep a `joint` rule's findings apart; of several
   * participants the report gives every distinct value.
   */
  readonly each?: Facts;
  /** The advice, if it comes from an observation; it is not part of the evidence. */
  readonly advice?: readonly RemedyStep[];
}

/** One finding: when it holds, and its texts. `F`: the facts that prove it. */
export interface Rule<F extends Facts = Facts> {
  readonly code: FindingCode;
  readonly family: Family;
  /** `by-role`: `critical` if a participant concerned is an issuer, otherwise `error`. */
  readonly severity: Severity | 'by-role';
  /** Participants with the same facts make one finding; `message` and `fix` then have to read right for several. */
  readonly joint?: boolean;
  /** A proposition, for example "A trailing newline is part of the key". */
  readonly title: string;
  /** Its meaning and how it happens. */
  readonly explanation: string;
  readonly example: string;
  /** The observation that proves it. */
  readonly proof: string;
  /** Public issues, by repository and number, in which it was seen. */
  readonly incidents: readonly string[];
  /** The prevention. */
  readonly remedy: string;
  find(observations: Observations, comparison: Comparison): readonly Evidence<F>[];
  /** One sentence about this case. */
  message(evidence: Evidence<F>, observations: Observations): string;
  /** The next steps in this case, with a command if there is one. */
  fix(evidence: Evidence<F>, observations: Observations): Advice;
}
