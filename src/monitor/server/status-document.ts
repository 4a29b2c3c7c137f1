import type {
  AttemptResult,
  Level,
  OpenRotationState,
  RemedyStep,
  RotationMode,
  Severity,
  Verdict,
} from '../../model.js';
import type { GroupStatus } from '../../report/view/participant-status.js';
import type { Status } from '../../report/view/status.js';

/** The data of the status page. An internal format, with no compatibility promise. Times are RFC 3339, UTC. */
export interface StatusDocument {
  readonly version: string;
  readonly environment: string;
  /** The clock of the monitor, because the clock of the browser may differ. */
  readonly now: string;
  readonly startedAt: string;
  readonly intervalMs: number;
  readonly freshForMs: number;
  readonly lastCheck: {
    readonly endedAt: string;
    readonly durationMs: number;
    readonly failed: string | null;
  } | null;
  readonly nextCheckAt: string | null;
  /** The newest report, even if a later check failed. */
  readonly report: ReportSummary | null;
  /** Bad checks in a row, before and after the drift was reported. */
  readonly bad: { readonly count: number; readonly since: string } | null;
  readonly incident: IncidentSummary | null;
  readonly outages: readonly {
    readonly participant: string;
    readonly since: string;
    readonly isReported: boolean;
  }[];
  readonly blindness: { readonly since: string; readonly isReported: boolean } | null;
  readonly rotation: RotationStatus | null;
}

/** The open rotation, or the last one. */
export interface RotationStatus {
  readonly mode: RotationMode;
  readonly from: number;
  readonly to: number | null;
  readonly state: OpenRotationState | 'finished' | 'rolled-back';
  readonly openedAt: string;
  /** When the state was entered. */
  readonly since: string;
  /** What the state asks of the participants, in words; `null`: it is over. */
  readonly aim: string | null;
  readonly isStalled: boolean;
  /** Whether the newest report shows it. Otherwise it is shown as it was seen last. */
  readonly isRead: boolean;
  readonly participants: readonly RotationParticipantStatus[];
}

/** What one participant does with the keys, by version. */
export interface RotationParticipantStatus {
  readonly name: string;
  readonly signs: readonly number[];
  readonly accepts: readonly number[];
  readonly rejects: readonly number[];
  readonly lacks: readonly { readonly status: 'bad' | 'unknown'; readonly text: string }[];
}

export interface ReportSummary {
  readonly startedAt: string;
  readonly verdict: Verdict;
  readonly level: Level;
  /** The overall tone and its word: by the exit code and the worst finding. */
  readonly status: Status;
  readonly word: string;
  /** The verdict in one sentence. */
  readonly sentence: string;
  readonly reference: string | null;
  /** States that an emulator replaced Secret Manager; one sentence without its full stop. */
  readonly emulator: string | null;
  readonly groups: readonly GroupStatus[];
  readonly participants: readonly ParticipantSummary[];
  readonly tokens: TokensSummary;
  readonly findings: readonly FindingSummary[];
  readonly impact: { readonly currency: string; readonly mrrAtRisk: number };
}

export interface ParticipantSummary {
  readonly name: string;
  readonly role: string;
  readonly source: string | null;
  readonly status: Status;
  readonly word: string;
  readonly fingerprint: string | null;
  readonly version: string | null;
  /** Of reading its fingerprint. */
  readonly latencyMs: number | null;
  /** The slowest answer to a valid token. */
  readonly tokenMs: number | null;
  readonly error: string | null;
}

export interface TokensSummary {
  readonly columns: readonly { readonly name: string; readonly kind: 'genuine' | 'control' }[];
  /** Minters that are omitted, because the table would be too wide to read. */
  readonly columnsLeftOut: number;
  readonly rows: readonly {
    readonly participant: string;
    readonly probe: string;
    readonly status: Status;
    /** In the order of the columns; `null` if no such token was presented. */
    readonly cells: readonly ({ readonly status: Status; readonly word: string } | null)[];
  }[];
  readonly results: Readonly<Record<AttemptResult, number>>;
}

export interface FindingSummary {
  readonly code: string;
  readonly severity: Severity | null;
  readonly participants: readonly string[];
  readonly message: string;
  readonly steps: readonly RemedyStep[];
}

export interface IncidentSummary {
  readonly since: string;
  readonly level: Level;
  readonly peak: Level;
  readonly summary: string;
  readonly participants: readonly string[];
  readonly findings: readonly FindingSummary[];
  readonly impact: { readonly currency: string; readonly mrrAtRisk: number };
}
