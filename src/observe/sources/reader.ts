import type { SourceSettings } from '../../config/schema.js';
import type { World } from '../context.js';
import { type SourceKind, sources } from './index.js';
import type { SourceResult } from './source.js';

/** What every source can do, whichever its kind. */
interface Reader {
  target(source: SourceSettings, world: Pick<World, 'label'>): string;
  yieldsSecret(source: SourceSettings): boolean;
  read(source: SourceSettings, world: World): Promise<SourceResult>;
}

const readers: Record<SourceKind, Reader> = sources;

/** The reader of a source's kind. */
export const readerOf = (source: SourceSettings): Reader => readers[source.kind];
