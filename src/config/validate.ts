import type { JsonValue } from '../model.js';
import { at, entriesOf, isObject, type Path, type Problem, pathKey } from '../schema/path.js';
import type { Interpolated, LeftOut } from './expand/interpolate.js';
import { problemsOf } from './problems.js';
import { mostParticipants } from './read-config.js';
import { configSchema, type Settings } from './schema.js';

/** Number of participants above which the code that Zod generates for parsing saves time. */
const worthJit = 100;

/**
 * Validates a tree. Unexpanded texts cannot be validated: problems that concern them are dropped, and an environment,
 * or `watch`, that is unreadable because of them is omitted; of a participant that is left out, only the setting.
 */
export function validate(
  interpolated: Interpolated,
  leftOut: LeftOut = () => false,
): { settings: Settings | null; problems: Problem[] } {
  const { value: tree, isExpanded, isUnresolved } = interpolated;
  const first = configSchema.safeParse(tree, { jitless: mostParticipants({ tree }) < worthJit });
  if (first.success) return { settings: first.data, problems: [] };
  const all = problemsOf(first.error.issues, { tree, isExpanded });
  const concerns = (path: Path): boolean => path.some((_, depth) => isUnresolved(path.slice(0, depth + 1)));
  const problems = all.filter((problem) => !concerns(problem.path));
  if (problems.length > 0) return { settings: null, problems };
  const second = configSchema.safeParse(
    without(
      tree,
      all.map(({ path }) => path),
      leftOut,
    ),
  );
  return { settings: second.success ? second.data : null, problems };
}

function without(tree: JsonValue, all: readonly Path[], leftOut: LeftOut): JsonValue {
  if (!isObject(tree)) return tree;
  const isOfOne = ([part, environment, group, name]: Path): boolean =>
    part === 'environments' && group === 'participants' && leftOut(String(environment), String(name));
  const unread = all.filter((path) => !isOfOne(path));
  const ones = new Set(all.filter(isOfOne).map((path) => pathKey(path.slice(0, 5))));
  const names = new Set(unread.flatMap(([part, name]) => (part === 'environments' ? [name] : [])));
  const environments = entriesOf(at(tree, ['environments']))
    .filter(([name]) => !names.has(name))
    .map(([name, environment]): [string, JsonValue] => {
      const kept = entriesOf(at(environment, ['participants'])).map(([one, participant]) => {
        const isRead = ([key]: readonly [string, JsonValue]) =>
          !ones.has(pathKey(['environments', name, 'participants', one, key]));
        return [one, Object.fromEntries(entriesOf(participant).filter(isRead))];
      });
      return [
        name,
        ones.size === 0 || !isObject(environment)
          ? environment
          : { ...environment, participants: Object.fromEntries(kept) },
      ];
    });
  const rest = Object.entries(tree).filter(
    ([key]) => key !== 'watch' || unread.every(([part]) => part !== 'watch'),
  );
  return { ...Object.fromEntries(rest), environments: Object.fromEntries(environments) };
}
