import type { FindingCode } from '../finding-codes.js';
import type { RotationMetadata } from '../rotate/rotation-store.js';
import { isOpen, parseRecord, rotationAnnotation } from '../rotation/rotation-record.js';

/** What is known of the store that is the reference, beside the secret itself. */
export interface KnownStore {
  /** The configured version: `latest`, a number or an alias. */
  readonly follows: string;
  /** Changes with every update of the secret's metadata. */
  readonly etag: string;
  /** The newest enabled version. */
  readonly newest: number | null;
  /** The newest version in any state. */
  readonly last: number;
  readonly aliases: ReadonlyMap<string, number>;
  /** Older versions, of which the version in use is a changed copy: the codes of the changes. */
  readonly copies: ReadonlyMap<string, readonly FindingCode[]>;
}

/** Whether services are between two keys. */
type KnownRotation =
  | { readonly is: 'none' }
  | { readonly is: 'open'; readonly state: string; readonly id: string }
  /** Nothing is done where a rotation may be open. */
  | { readonly is: 'unknown'; readonly message: string; readonly hint: string | null };

/** One entry of a dotenv file that a participant reads. */
export interface KnownFile {
  readonly path: string;
  readonly key: string;
  /** `null`: there is no such file. */
  readonly identity: string | null;
  /** Why the entry cannot be rewritten. */
  readonly obstacle: string | null;
}

/** What the configuration says of a participant. */
export interface KnownParticipant {
  /** Kind of its source; `null` without one. */
  readonly source: string | null;
  /** Whether its source asks the service itself. */
  readonly isService: boolean;
  /** Whether its source yields the exact bytes that it was given. */
  readonly yieldsSecret: boolean;
  readonly rollout: {
    readonly argv: readonly string[];
    readonly digest: string;
    readonly timeoutMs: number;
  } | null;
  readonly file: KnownFile | null;
}

/** Everything beside the report that a plan depends on. It contains no secret. */
export interface PlanInput {
  /** Digest of the configuration. */
  readonly configuration: string;
  readonly rotation: KnownRotation;
  /** `null`: the reference is no store with versions. */
  readonly store: KnownStore | null;
  /** `false`: programs must not be run. */
  readonly allowsCommands: boolean;
  readonly participants: ReadonlyMap<string, KnownParticipant>;
}

/** Whether a rotation is open, by the annotations of the secret. */
export function rotationNow({ annotations }: Pick<RotationMetadata, 'annotations'>): KnownRotation {
  const written = annotations.get(rotationAnnotation);
  if (written === undefined) return { is: 'none' };
  const parsed = parseRecord(written);
  if (!parsed.ok) return { is: 'unknown', message: parsed.message, hint: parsed.hint };
  const { record } = parsed;
  // A version that was announced and not staged yet belongs to a rotation, too.
  const isBegun = record.state === 'idle' && record.times.rolledBack === undefined;
  return isOpen(record) || isBegun ? { is: 'open', state: record.state, id: record.id } : { is: 'none' };
}
