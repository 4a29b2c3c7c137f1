import type { ParticipantSettings, SourceSettings, TokenSettings } from '../config/schema.js';
import type { Control } from '../model.js';
import type { Secret } from '../secret/secret.js';

/** What one check is to look at: a configuration narrowed down to one environment by the flags. */
export interface Plan {
  readonly environment: string;
  /** Name of the participant that is right by definition. */
  readonly reference: string | null;
  /** Name of the reference in the configuration, which an expected fingerprint sets aside. */
  readonly configuredReference: string | null;
  readonly participants: readonly PlannedParticipant[];
  readonly token: TokenSettings;
  readonly controls: readonly Control[];
  readonly currency: string;
  readonly fallbacks: readonly Fallback[];
  /** References of the configuration's other environments. */
  readonly crossReferences: readonly CrossReference[];
  /** How many requests may be under way at once. */
  readonly concurrency: number;
  /** Experiments after a valid token was refused, and how many a probe is given at most. */
  readonly followUp: { readonly enabled: boolean; readonly maxAttempts: number };
}

/** The plan without the probes of these participants. */
export function withoutProbesOf(plan: Plan, names: ReadonlySet<string>): Plan {
  if (names.size === 0) return plan;
  return {
    ...plan,
    participants: plan.participants.map((participant) => {
      if (!names.has(participant.name)) return participant;
      const { probes: _, ...settings } = participant.settings;
      return { ...participant, settings };
    }),
  };
}

export interface PlannedParticipant {
  readonly name: string;
  readonly settings: ParticipantSettings;
  /** Whether its failure to answer keeps the verdict from being consistent. */
  readonly required: boolean;
}

/** What is right by definition in another environment. */
export interface CrossReference {
  readonly environment: string;
  /** Name of the participant; `null` where the environment names none. */
  readonly name: string | null;
  /** `null` where there is nothing to read: no reference, or one that is judged by probes alone. */
  readonly source: SourceSettings | null;
  /** Whether its secret must differ from this environment's, so that it is read in every check. */
  readonly crossCheck: boolean;
}

/** Told while it works: how much of what is planned is done. */
export type Progress = (done: number, total: number, what: string) => void;

/** A literal that code falls back to, and where the configuration names it. */
export interface Fallback {
  readonly label: string;
  readonly secret: Secret;
}
