import type { JsonValue } from '../../model.js';
import { at, isObject, type Path, type Problem } from '../../schema/path.js';

/** Position of a missing value. */
const last = Number.MAX_SAFE_INTEGER;

/** Sorts problems by their position in the file, so that they can be fixed in one pass. Missing values come last. */
export function inFileOrder(problems: readonly Problem[], tree: JsonValue): Problem[] {
  const places = new Map<JsonValue, Map<string, number>>();
  const placeOf = (holder: JsonValue | undefined, key: string): number => {
    if (!isObject(holder)) return last;
    const known = places.get(holder) ?? new Map(Object.keys(holder).map((name, index) => [name, index]));
    places.set(holder, known);
    return known.get(key) ?? last;
  };
  const rankOf = (path: Path): number[] =>
    path.map((part, depth) =>
      typeof part === 'number' ? part : placeOf(at(tree, path.slice(0, depth)), part),
    );
  const ranked = problems.map((problem) => ({ problem, rank: rankOf(problem.path) }));
  return ranked.sort((a, b) => compare(a.rank, b.rank)).map(({ problem }) => problem);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [depth, rank] of a.entries()) {
    const other = b[depth];
    if (other === undefined) return 1;
    if (rank !== other) return rank - other;
  }
  return a.length - b.length;
}
