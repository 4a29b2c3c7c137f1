/** States in which a rotation is open, in their order. */
export const openRotationStates = ['staged', 'promoted', 'revoked'] as const;
export type OpenRotationState = (typeof openRotationStates)[number];

/** All states of a rotation, in their order (add before use, use before removal). */
export const rotationStates = ['idle', ...openRotationStates, 'finished'] as const;
export type RotationState = (typeof rotationStates)[number];

/** `overlap`: services accept both keys for a time. The other two have no such time. */
export const rotationModes = ['overlap', 'cutover', 'emergency'] as const;
export type RotationMode = (typeof rotationModes)[number];

/** The rotation of the reference's secret, while it is open. All keys are given by their version numbers. */
export interface ReportRotation {
  readonly id: string;
  readonly mode: RotationMode;
  readonly state: OpenRotationState;
  /** The version that is replaced. */
  readonly from: number;
  /** The new version. */
  readonly to: number;
  /** When it was opened (RFC 3339, UTC). */
  readonly openedAt: string;
  /** When the present state was entered (RFC 3339, UTC). */
  readonly since: string;
  /** Every issuer and verifier of this check, in the order of the configuration. */
  readonly participants: readonly ReportRotationParticipant[];
}

/** The part of the record of an open rotation that decides what participants must do. */
export interface OpenRotation {
  readonly id: string;
  readonly mode: RotationMode;
  readonly state: OpenRotationState;
  readonly from: number;
  readonly to: number;
  /** When each state was entered last (RFC 3339). */
  readonly times: {
    readonly opened: string;
    readonly staged?: string | undefined;
    readonly promoted?: string | undefined;
    readonly revoked?: string | undefined;
  };
  /** Settings as they were at the start; milliseconds. */
  readonly terms: {
    /** The longest life of the tokens of each type. */
    readonly drain: { readonly [tokenType: string]: number | 'reauthenticate' };
    readonly skew: number;
    readonly settle: number;
    readonly patience: number;
  };
}

/** What one participant does with the two keys, as far as this check showed it. */
export interface ReportRotationParticipant {
  readonly name: string;
  /** Versions that it signs with: proved by a token, or stated by its fingerprint. */
  readonly signs: readonly number[];
  /** Versions whose tokens it accepts, or that it lists among the keys it accepts. */
  readonly accepts: readonly number[];
  /** Versions whose tokens it rejects. One that is in `accepts` as well is rejected by some replicas or probes. */
  readonly rejects: readonly number[];
  /** What the state asks of it and this check did not prove; empty: it is where the state wants it. */
  readonly lacks: readonly RotationLack[];
}

/** One thing that the state of a rotation asks of a participant and that was not proved. */
export interface RotationLack {
  /** `sign`: sign with the version. `accept`, `reject`: accept, or reject, its tokens. */
  readonly must: 'sign' | 'accept' | 'reject';
  readonly version: number;
  /** `true`: the opposite was observed; `false`: nothing proves it either way. */
  readonly isRefuted: boolean;
  /** The probes that showed the opposite; empty where it was read from a fingerprint or a minted token. */
  readonly probes: readonly string[];
}

/** How the last rotation of the reference's secret ended. */
export interface LastRotation {
  readonly id: string;
  readonly mode: RotationMode;
  readonly from: number;
  /** The new version; `null` if it was undone before it had one. */
  readonly to: number | null;
  readonly outcome: 'finished' | 'rolled-back';
  /** When it was opened (RFC 3339, UTC). */
  readonly openedAt: string;
  /** When it ended (RFC 3339, UTC). */
  readonly at: string;
}
