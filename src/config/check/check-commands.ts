import type { JsonValue } from '../../model.js';
import { at, entriesOf, formatPath, isList, type Path, type Problem } from '../../schema/path.js';
import { noCommandsVariable, refusesCommands } from '../trust-variables.js';
import type { Checked } from './check-names.js';

/** Keys of sources that contain a program and its arguments. */
const running = ['run', 'command'] as const;

/** Reports every program in a configuration, in every environment, if commands are not allowed. */
export function checkCommands(
  { tree }: Pick<Checked, 'tree'>,
  env: Readonly<Record<string, string | undefined>>,
): Problem[] {
  if (!refusesCommands(env)) return [];
  const message = `runs a program, which --no-commands (${noCommandsVariable}) does not allow`;
  return commandsIn(tree).map((path) => ({ path, message }));
}

/** Paths of programs and their arguments. */
function commandsIn(tree: JsonValue): Path[] {
  return entriesOf(at(tree, ['environments'])).flatMap(([environment, settings]) =>
    entriesOf(at(settings, ['participants'])).flatMap(([participant, one]) =>
      running
        .map((key): Path => ['environments', environment, 'participants', participant, 'source', key])
        .filter((path) => at(one, path.slice(4)) !== undefined),
    ),
  );
}

/** Paths of programs that only `jwtcheck rotate` and `jwtcheck fix` run. */
function actionsIn(tree: JsonValue): Path[] {
  const hooks = entriesOf(at(tree, ['rotation', 'hooks'])).flatMap(([state, list]) =>
    isList(list) ? [...list.keys()].map((index): Path => ['rotation', 'hooks', state, index]) : [],
  );
  const rollouts = entriesOf(at(tree, ['environments'])).flatMap(([environment, settings]) =>
    entriesOf(at(settings, ['participants'])).map(
      ([participant]): Path => ['environments', environment, 'participants', participant, 'rollout', 'run'],
    ),
  );
  return [...hooks, ...rollouts];
}

/** Reports arguments that contain a variable: other users of the machine can read arguments of a running program. */
export function visibleArguments({ tree, isExpanded }: Pick<Checked, 'tree' | 'isExpanded'>): string[] {
  const expandedIn = (path: Path): Path[] => {
    const list = at(tree, path);
    // The program itself is not an argument, and has no alternative.
    return isList(list)
      ? [...list.keys()]
          .filter((index) => index > 0 && isExpanded([...path, index]))
          .map((index) => [...path, index])
      : [];
  };
  const warn = (remedy: string) => (path: Path) =>
    `${formatPath(path)}: other users of this machine can read the arguments of programs: ${remedy}`;
  return [
    ...commandsIn(tree).flatMap(expandedIn).map(warn('move the variable to `env` of the source')),
    ...actionsIn(tree).flatMap(expandedIn).map(warn('let the program read the variable itself')),
  ];
}
