import type { AttemptResult } from './attempt-model.js';
import type { FindingCode } from './finding-codes.js';
import type { Instance, ProofOutcome } from './observation-model.js';
import type { LastRotation, ReportRotation } from './rotation-model.js';
import type {
  Control,
  Fingerprint,
  JsonValue,
  Level,
  ReadErrorCode,
  RemedyStep,
  Role,
  Severity,
  Verdict,
} from './vocabulary.js';

/** A named conclusion. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly participants: readonly string[];
  readonly message: string;
  readonly evidence: { readonly [key: string]: JsonValue };
  /** The steps as one text: a line each, commands indented by two spaces. */
  readonly remedy: string;
  /** What to do, step by step. */
  readonly steps: readonly RemedyStep[];
}

export interface Group {
  readonly fingerprint: Fingerprint;
  readonly participants: readonly string[];
  /** Whether it is the group of the reference. */
  readonly reference: boolean;
}

export interface ReportParticipant {
  readonly name: string;
  readonly role: Role;
  readonly source: string | null;
  readonly reachable: boolean;
  readonly fingerprint: Fingerprint | null;
  /** `null` if unknown. */
  readonly agrees: boolean | null;
  readonly accepts: readonly Fingerprint[];
  readonly version: string | null;
  readonly provenance: string | null;
  readonly latencyMs: number | null;
  readonly instances: readonly Instance[];
  readonly error: { readonly code: ReadErrorCode; readonly message: string } | null;
  /** Whether the verdict can be consistent only if it answers. */
  readonly required: boolean;
  /**
   * Whether it proved possession of the reference's secret: the worst of several answers. `null` if it was not
   * challenged.
   */
  readonly proof: ProofOutcome | null;
}

export interface ReportAttempt {
  readonly participant: string;
  readonly probe: string;
  readonly minter: string | null;
  readonly token: 'genuine' | Control;
  readonly tokenType: string | null;
  /**
   * The version of the reference's secret whose key signed it: for the token `retired`, and while a rotation is open
   * for every token of the reference.
   */
  readonly version?: string | undefined;
  /** Only for the token `retired`: whether its `iat` is before the key was replaced. */
  readonly backdated?: boolean | undefined;
  readonly expected: 'accepted' | 'rejected';
  readonly result: AttemptResult;
  readonly status: number | null;
  readonly closeCode: number | null;
  readonly detail: string;
  readonly latencyMs: number;
  /** Time of the earlier check that presented it (RFC 3339, UTC), if a monitor reuses the result. */
  readonly observedAt?: string | undefined;
}

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 130 | 143;

/** The result of one check: the JSON document for scripts and dashboards. */
export interface Report {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: 'jwtcheck'; readonly version: string };
  readonly environment: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly verdict: Verdict;
  readonly exitCode: ExitCode;
  readonly level: Level;
  readonly reference: {
    readonly participant: string;
    readonly fingerprint: Fingerprint | null;
    readonly version: string | null;
  } | null;
  readonly groups: readonly Group[];
  readonly participants: readonly ReportParticipant[];
  readonly attempts: readonly ReportAttempt[];
  readonly findings: readonly Finding[];
  readonly impact: {
    readonly currency: string;
    readonly mrrAtRisk: number;
    readonly participants: readonly {
      readonly name: string;
      readonly mrr: number;
      readonly note: string | null;
    }[];
  };
  /** Addresses used in place of Google Secret Manager; absent without any. */
  readonly emulators?: readonly string[] | undefined;
  /** Absent while none is open, and where the reference's source keeps no record of rotations. */
  readonly rotation?: ReportRotation | undefined;
  /** How the last one ended; absent while one is open, if there never was one, or if it could not be read. */
  readonly lastRotation?: LastRotation | undefined;
}
