import type { FindingCode } from '../finding-codes.js';
import type { Fingerprint, RemedyStep, Severity, Verdict } from '../model.js';

/** Runs the program that makes a service read its secret again. */
export interface Rollout {
  readonly do: 'rollout';
  readonly participant: string;
  readonly cause: FindingCode;
  /** Program and arguments, fit to be shown. */
  readonly argv: readonly string[];
  /** Distinguishes programs and arguments that are shown alike, because they come from variables. */
  readonly digest: string;
  readonly timeoutMs: number;
}

/** Adds the secret of the reference without its own fault to the store. */
export interface NewVersion {
  readonly do: 'new-version';
  /** The reference. */
  readonly participant: string;
  readonly cause: FindingCode;
  /** The version with the fault, which stays enabled. */
  readonly from: number;
  /** Fingerprint of the secret without the fault. */
  readonly fingerprint: Fingerprint;
  /** The faults, all of which are removed. */
  readonly removes: readonly FindingCode[];
  /** The participants that hold the secret without the fault. */
  readonly holders: readonly string[];
}

/** Writes the secret of the reference to one entry of a dotenv file. */
export interface RewriteEntry {
  readonly do: 'file';
  readonly participant: string;
  readonly cause: FindingCode;
  /** As configured, fit to be shown. */
  readonly path: string;
  readonly key: string;
  /** Changes whenever the file does. */
  readonly identity: string;
  /** Of the secret that is written. */
  readonly fingerprint: Fingerprint;
}

/** Something that jwtcheck can do about a finding. */
export type Action = Rollout | NewVersion | RewriteEntry;

/** `safe`: it may be done without being asked for. `asks`: it writes a secret, and needs explicit consent. */
export type ActionClass = 'safe' | 'asks';

export const classOf: Readonly<Record<Action['do'], ActionClass>> = {
  rollout: 'safe',
  'new-version': 'asks',
  file: 'asks',
};

/** The actions that `--allow` can name. */
export const askedActions = ['new-version', 'file'] as const satisfies readonly Action['do'][];
export type AskedAction = (typeof askedActions)[number];

/** Why nothing is done automatically about a finding. */
export const reasonCodes = [
  'not-automatic',
  'reference-at-fault',
  'not-proved',
  'pinned',
  'no-rollout',
  'no-commands',
  'file-obstacle',
] as const;

export interface Reason {
  readonly is: (typeof reasonCodes)[number];
  readonly text: string;
}

/** What can be done about a finding for one participant. */
export type Proposal = { readonly action: Action } | { readonly reason: Reason };

/** One finding, and what is done about it for each participant that it concerns. */
export interface PlannedFinding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly participants: readonly string[];
  readonly message: string;
  /** The remedy of the finding. */
  readonly steps: readonly RemedyStep[];
  /** Positions in the list of actions. */
  readonly actions: readonly number[];
  readonly reasons: readonly (Reason & { readonly participants: readonly string[] })[];
}

/** Why there is no plan at all. */
export interface FixRefusal {
  readonly is: 'inconclusive' | 'no-reference' | 'rotation-open' | 'rotation-unknown';
  readonly message: string;
  readonly hint: string;
}

/** What would fix an environment. It contains no secret. */
export interface FixPlan {
  readonly environment: string;
  readonly verdict: Verdict;
  readonly refusal: FixRefusal | null;
  readonly findings: readonly PlannedFinding[];
  /** In the order in which they are carried out. */
  readonly actions: readonly Action[];
  /** Identifies the plan; `null` without any action. */
  readonly hash: string | null;
  /** The number of findings that fail the check and that no action fixes. */
  readonly unfixed: number;
  /** Whether the check found nothing that fails it. */
  readonly isClean: boolean;
}

/** Identifies an action in another plan of the same environment. */
export const keyOfAction = (action: Action): string => `${action.do} ${action.participant}`;
