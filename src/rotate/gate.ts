import type { Instant, KeyUse } from '../rotation/key-use.js';
import type { RotationRecord, RotationTerms } from '../rotation/rotation-record.js';
import type { Condition, Lack } from './conditions.js';
import type { Evidence, Moved } from './gate-evidence.js';

/** All that decides whether the next step may be taken. */
export interface GateInput {
  /** Checks so far, oldest first; those of earlier states are ignored. */
  readonly uses: readonly KeyUse[];
  /** What the secret remembers; `null`: it never rotated. */
  readonly record: RotationRecord | null;
  /** Settings in effect: of the record once a rotation is open. */
  readonly terms: RotationTerms;
  /** Every configured token type. */
  readonly tokenTypes: readonly string[];
  /** Participants that are trusted without proof, beside those of the record. */
  readonly trusts: readonly string[];
  readonly now: Instant;
}

/** What a gate still waits for. */
export interface WaitingFor extends Omit<Lack, 'is'> {
  /** Name of the condition. */
  readonly condition: string;
  readonly is: Lack['is'];
  /** Since when it has been so without a break, as far as the checks show. */
  readonly since: Instant;
  /** From when on it can hold, where that is known. */
  readonly until?: Instant | undefined;
}

interface GateCommon {
  readonly evidence: readonly Evidence[];
  /** Participants that were not proved and are trusted; every report names them. */
  readonly trusted: readonly string[];
  /** What to remember of the issuers; `null` where this gate does not ask for them. */
  readonly moved: Moved | null;
}

export type GateResult = GateCommon &
  (
    | { readonly holds: true }
    | { readonly holds: false; readonly refuted: boolean; readonly waitingFor: readonly WaitingFor[] }
  );

/** A condition on more than one check. */
export interface Overall {
  readonly name: string;
  lacks(input: GateInput, moved: Moved | null): readonly (Lack & { readonly until?: Instant })[];
}

/** What has to hold before a step is taken. */
export interface Gate {
  /** Each check has to show these. */
  readonly checks: readonly Condition[];
  /** Two checks in a row have to, apart by `settle`, the first no earlier than `settle` after the state was entered. */
  readonly isTwice: boolean;
  readonly overall: readonly Overall[];
  /** The version that issuers have to have moved to, and that the drain of the other one counts from. */
  readonly movesTo: number | null;
}
