import type { ParticipantSettings, SourceSettings, TokenSettings } from '../config/schema.js';
import type { PartName } from '../config/shards.js';
import type { Control } from '../model.js';
import type { Secret } from '../secret/secret.js';

export type { PartName } from '../config/shards.js';

/** The plan of one check: one environment of the configuration, limited by the flags. */
export interface Plan {
  readonly environment: string;
  /** Name of the participant that is right by definition. */
  readonly reference: string | null;
  /** Name of the reference in the configuration, even if an expected fingerprint overrides it. */
  readonly configuredReference: string | null;
  readonly participants: readonly PlannedParticipant[];
  readonly token: TokenSettings;
  readonly controls: readonly Control[];
  /** The version whose key signs the control `retired`; `null`: the newest one before the current version. */
  readonly retiredVersion: string | null;
  readonly currency: string;
  readonly fallbacks: readonly Fallback[];
  /** References of the other environments of the configuration. */
  readonly crossReferences: readonly CrossReference[];
  /** Aliases that services follow, where no record of a rotation names them. */
  readonly aliases?: FollowedAliases | undefined;
  /** The maximum number of concurrent requests. */
  readonly concurrency: number;
  /** If the plan is one part of a check. Absent: the whole. */
  readonly share?: Share | undefined;
  /** `true`: no token is presented, whatever the probes are. */
  readonly fingerprintsOnly?: boolean | undefined;
  /** Whether to follow up rejected valid tokens, and the maximum number of attempts of a probe. */
  readonly followUp: { readonly enabled: boolean; readonly maxAttempts: number };
}

/** Names of the version aliases that services follow. */
export interface FollowedAliases {
  readonly current: string;
  readonly next: string;
  readonly previous: string;
}

/** One part of a check. The other parts are observed elsewhere, and judged together with it. */
export interface Share {
  readonly part: PartName;
  /** Names of the participants that this part observes. The others in the plan are only read as holders of secrets. */
  readonly observed: ReadonlySet<string>;
  /** The participants of all parts. */
  readonly all: readonly PlannedParticipant[];
}

/** The plan without the probes of these participants. */
export function withoutProbesOf(plan: Plan, names: ReadonlySet<string>): Plan {
  if (names.size === 0) return plan;
  return {
    ...plan,
    participants: plan.participants.map((one) => (names.has(one.name) ? withoutProbes(one) : one)),
  };
}

/** The participant without its probes: it is only read. */
export function withoutProbes({ settings, ...participant }: PlannedParticipant): PlannedParticipant {
  const { probes: _, ...rest } = settings;
  return { ...participant, settings: rest };
}

export interface PlannedParticipant {
  readonly name: string;
  readonly settings: ParticipantSettings;
  /** Whether the verdict can be consistent only if it answers. */
  readonly required: boolean;
}

/** The reference of another environment. */
export interface CrossReference {
  readonly environment: string;
  /** Name of the participant; `null` if the environment has no reference. */
  readonly name: string | null;
  /** `null` if there is nothing to read: no reference, or one without a source. */
  readonly source: SourceSettings | null;
  /** Whether its secret must differ from this environment's, so that every check reads it. */
  readonly crossCheck: boolean;
}

/** Receives the number of finished and planned steps. */
export type Progress = (done: number, total: number, what: string) => void;

/** A fallback literal in code, and its place in the configuration. */
export interface Fallback {
  readonly label: string;
  readonly secret: Secret;
}
