import type { JsonValue } from '../../model.js';
import { at, entriesOf, formatPath, isList, type Path, type Problem } from '../../schema/path.js';
import { noCommandsVariable } from '../trust-variables.js';
import type { Checked } from './check-names.js';

/** Keys of sources that name a program and its arguments. */
const running = ['run', 'command'] as const;

/**
 * Every place where a configuration runs a program, in every environment: where commands are not wanted, each is a
 * problem.
 */
export function checkCommands(
  { tree }: Pick<Checked, 'tree'>,
  env: Readonly<Record<string, string | undefined>>,
): Problem[] {
  if (!['1', 'true'].includes(env[noCommandsVariable] ?? '')) return [];
  const message = `runs a program, which --no-commands (${noCommandsVariable}) refuses`;
  return commandsIn(tree).map((path) => ({ path, message }));
}

/** Places of programs and their arguments. */
function commandsIn(tree: JsonValue): Path[] {
  return entriesOf(at(tree, ['environments'])).flatMap(([environment, settings]) =>
    entriesOf(at(settings, ['participants'])).flatMap(([participant, one]) =>
      running
        .map((key): Path => ['environments', environment, 'participants', participant, 'source', key])
        .filter((path) => at(one, path.slice(4)) !== undefined),
    ),
  );
}

/** Arguments of programs that hold a variable: other users of the machine can read them while the program runs. */
export function visibleArguments({ tree, isExpanded }: Pick<Checked, 'tree' | 'isExpanded'>): string[] {
  return commandsIn(tree).flatMap((path) => {
    const list = at(tree, path);
    // The program itself is no argument, and cannot be given in another way.
    const indexes = isList(list)
      ? [...list.keys()].filter((index) => index > 0 && isExpanded([...path, index]))
      : [];
    return indexes.map(
      (index) =>
        `${formatPath([...path, index])}: other users of this machine can read arguments of programs: put the variable into \`env\` of the source`,
    );
  });
}
