import type { SourceSettings } from '../config/schema.js';
import type { RotationState } from '../model.js';
import {
  type OpenRecord,
  parseRecord,
  rotationAnnotation,
  type SeenAliases,
  statesShownBy,
} from '../rotation/rotation-record.js';
import type { ObserveContext } from './context.js';
import type { FollowedAliases } from './plan.js';
import { readerOf } from './sources/reader.js';
import type { SecretMetadata, SourceResult } from './sources/source.js';

/** Reads of a secret that can be rotated. */
export interface RotatedSource {
  metadata(): Promise<SecretMetadata | null>;
  /** Reads a version by its number, or by an alias. */
  version(version: number | string): Promise<SourceResult>;
}

/** `null` if the source is none that can be rotated. */
export function rotatedSource(source: SourceSettings, context: ObserveContext): RotatedSource | null {
  const { metadata, atVersion } = readerOf(source);
  if (metadata === undefined || atVersion === undefined) return null;
  return {
    metadata: () => metadata(source, context),
    version: (version) => {
      const at = atVersion(source, version);
      return readerOf(at).read(at, context);
    },
  };
}

/** Reads what the aliases stand for that tell the states of a rotation apart. */
export async function seenAliases(
  { current, previous }: FollowedAliases,
  { version }: RotatedSource,
): Promise<SeenAliases> {
  const [inUse, old] = await Promise.all([version(current), version(previous)]);
  return { current: numberOf(inUse), previous: numberOf(old) };
}

function numberOf(result: SourceResult): number | null | undefined {
  if (result.is === 'secret') return result.version === null ? undefined : Number(result.version);
  return result.is === 'error' && result.error.code === 'not-found' ? null : undefined;
}

/**
 * States other than the record's in which the rotation may be. Reads of the record and of aliases may each be minutes
 * behind a write, and another step may be taken during the check, so both are read again at its end.
 */
export async function statesSeen(
  record: OpenRecord,
  to: number,
  first: SeenAliases,
  rotated: RotatedSource,
): Promise<readonly RotationState[]> {
  const [last, metadata] = await Promise.all([
    seenAliases(record.terms.aliases, rotated),
    rotated.metadata(),
  ]);
  const byAliases = [first, last].map((seen) => statesShownBy(seen, record.from, to));
  const written = metadata?.annotations.get(rotationAnnotation);
  const parsed = written === undefined ? null : parseRecord(written);
  const later = parsed?.ok === true && parsed.record.id === record.id ? [parsed.record.state] : [];
  // Aliases that stand for what the record says show nothing else.
  const others = byAliases.flatMap((states) => (states.includes(record.state) ? [] : states));
  return [...new Set([...others, ...later])].filter((state) => state !== record.state);
}
