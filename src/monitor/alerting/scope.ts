import { createHash } from 'node:crypto';
import type { JsonValue } from '../../model.js';
import { at, entriesOf } from '../../schema/path.js';

/** The identity of a source, as configured. Variables are not expanded, so it contains no secret. */
const identifying = ['kind', 'url', 'project', 'secret'] as const;

/**
 * Tells an environment from one of the same name elsewhere, by its participants and where they are read. It stays the
 * same from one start to the next, also where the state is lost.
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
