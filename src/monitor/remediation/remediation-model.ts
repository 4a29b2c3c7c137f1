/** The action of a plan that a monitor carries out. */
export interface Remediation {
  readonly participant: string;
  /** Code of the finding. */
  readonly cause: string;
  /** Version of the reference. */
  readonly version: string;
  /** Hash of the plan. */
  readonly plan: string;
  /** RFC 3339, UTC: when it was begun. */
  readonly at: string;
  /** The incident that it belongs to. */
  readonly incident: string;
}

/** How it ended. */
export const remediationResults = ['fixed', 'not-fixed', 'worse', 'failed', 'interrupted'] as const;
export type RemediationResult = (typeof remediationResults)[number];

/** What outlives the process: no action is ever begun twice. */
export interface RemediationState {
  readonly tried: readonly Remediation[];
  readonly running: Remediation | null;
  /** RFC 3339, UTC: when the last one ended. */
  readonly endedAt: string | null;
  /** The incident in which an action did not fix its cause: nothing else is done in it. */
  readonly stopped: string | null;
}

export const noRemediation: RemediationState = { tried: [], running: null, endedAt: null, stopped: null };

/** The plan of an event: what `jwtcheck fix --apply HASH` would do. */
export interface EventPlan {
  readonly hash: string;
  /** One line each. */
  readonly actions: readonly string[];
}
