import type { CandidateCode } from './finding-codes.js';
import type { TransformCode } from './transforms/codes.js';
import type { Fingerprint } from './vocabulary.js';

/** Facts about a candidate besides its fingerprint; which of them are present depends on its code. */
export type CandidateFacts = {
  /** Of a version of a secret, and the version of the other side. */
  readonly version?: string;
  readonly current?: string;
  /** RFC 3339. */
  readonly createdAt?: string | null;
  readonly staleSince?: string | null;
  /** Of the reference of another environment. */
  readonly environment?: string;
  readonly reference?: string | null;
  /** Of another secret that the configuration names: the participant that names it, and under which name. */
  readonly participant?: string;
  readonly name?: string;
  /** It is one of a chain of variables, from which `taken` was taken. */
  readonly inChain?: boolean;
  readonly taken?: string | null;
  /** Of a fingerprint made with another hash: its name. */
  readonly hash?: string;
  /** Of a published secret: the fingerprint is short, and may match by chance. */
  readonly probable?: boolean;
  /** The transforms that lead to it, first to last. */
  readonly steps?: readonly TransformCode[];
  /** Some of them were applied and some undone. */
  readonly mixed?: boolean;
  readonly length?: number;
  readonly position?: number;
  readonly character?: string;
  /** The fingerprint is short for `tried` comparisons, and may match by chance; `alternatives` match, too. */
  readonly probably?: boolean;
  readonly tried?: number;
  readonly alternatives?: readonly string[];
};

/**
 * The fingerprint of a secret that may be in use instead of the right one. The caller that holds the bytes computes
 * it, so that a rule can name the cause without seeing a secret.
 */
export interface CandidateFingerprint {
  /** The code of the finding that it proves. */
  readonly code: CandidateCode;
  /** The participant whose secret it was made from; `null` for other origins, such as a published default. */
  readonly of: string | null;
  /** `true`: a distortion of that secret was undone, so that the secret that was read may be the distorted one. */
  readonly undone: boolean;
  /** A description that follows a name: `with "\\n" appended`, `version 6`, `knownFallbacks[0]`. */
  readonly text: string;
  readonly fingerprint: Fingerprint;
  /** Other facts, such as the number of a version. */
  readonly facts: CandidateFacts;
  /** A shell pipe that applies the same change, if it is harmless. Empty: `$(…)` already applies it. */
  readonly filter?: string;
}
