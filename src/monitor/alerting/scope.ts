import { createHash } from 'node:crypto';
import type { JsonValue } from '../../model.js';
import { at, entriesOf } from '../../schema/path.js';

/** The identity of a source, as configured. Variables are not expanded, so it contains no secret. */
const identifying = ['kind', 'url', 'project', 'secret'] as const;

/**
 * Distinguishes an environment from others of the same name, by its participants and their sources. It stays the same
 * across restarts, even if the state is lost.
 */
export function scopeOf(tree: JsonValue, environment: string): string {
  const participants = entriesOf(at(tree, ['environments', environment, 'participants']))
    .map(([name, participant]) => [
      name,
      ...identifying.map((key) => at(participant, ['source', key]) ?? null),
    ])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(participants)).digest('hex').slice(0, 8);
}
