import type { SourceSettings } from '../../config/schema.js';
import type { Reading, SecretHolder } from '../../model.js';
import type { ObserveContext } from '../context.js';
import { type SourceKind, sources } from './index.js';
import type {
  CodeFallback,
  EarlierVersion,
  SecretMetadata,
  SourceNames,
  SourceResult,
  WantedVersion,
} from './source.js';

/** Operations of every source, regardless of its kind. */
interface Reader {
  readonly isLocal?: boolean;
  readonly runsProgram?: boolean;
  target(source: SourceSettings, context: Pick<ObserveContext, 'label'>): string;
  holder?(
    source: SourceSettings,
    context: Pick<ObserveContext, 'label'>,
    reading: Pick<Reading, 'version'> | null,
  ): SecretHolder;
  names?(source: SourceSettings): SourceNames;
  fallback?(source: SourceSettings): CodeFallback<SourceSettings> | null;
  proof?(source: SourceSettings): { readonly isRequired: boolean; readonly service: string | undefined };
  emulator?(source: SourceSettings, context: Pick<ObserveContext, 'env' | 'label'>): string | null;
  yieldsSecret(source: SourceSettings): boolean;
  earlierVersion?(
    source: SourceSettings,
    wanted: WantedVersion,
    context: ObserveContext,
  ): Promise<EarlierVersion>;
  metadata?(source: SourceSettings, context: ObserveContext): Promise<SecretMetadata | null>;
  atVersion?(source: SourceSettings, version: number | string): SourceSettings;
  read(source: SourceSettings, context: ObserveContext): Promise<SourceResult>;
}

const readers: Record<SourceKind, Reader> = sources;

/** The reader of a source's kind. */
export const readerOf = (source: SourceSettings): Reader => readers[source.kind];

/** Whether there is a source that yields the secret itself. */
export const yieldsSecret = (source: SourceSettings | undefined): source is SourceSettings =>
  source !== undefined && readerOf(source).yieldsSecret(source);

/** Whether a source asks the service itself, and no store of secrets. */
export const isService = (source: SourceSettings | undefined): boolean =>
  source !== undefined && readerOf(source).holder === undefined;

const localKinds: ReadonlySet<string> = new Set(
  Object.entries(readers).flatMap(([kind, { isLocal }]) => (isLocal === true ? [kind] : [])),
);

/** Whether sources of this kind are read without a network. */
export const isLocalSource = (kind: string): boolean => localKinds.has(kind);
