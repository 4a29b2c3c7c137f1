import { at, isList, type Path, type Problem } from '../../schema/path.js';
import type { Checked } from './check-names.js';

/** Names that metrics and the state file use for other purposes. */
const taken: ReadonlySet<string> = new Set(['output', 'history']);

/** Checks that notifiers have unique names without variables. */
export function checkNotifiers(checked: Checked): Problem[] {
  const notify = at(checked.tree, ['watch', 'notify']);
  if (!isList(notify)) return [];
  const seen = new Map<string, number>();
  return notify.flatMap((_, index) => checkName(['watch', 'notify', index, 'name'], index, seen, checked));
}

function checkName(path: Path, index: number, seen: Map<string, number>, checked: Checked): Problem[] {
  const name = at(checked.tree, path);
  if (typeof name !== 'string') return [];
  if (checked.isExpanded(path) || checked.isUnresolved(path))
    return [{ path, message: 'must not contain a variable: it appears in metrics and in the history' }];
  if (taken.has(name)) return [{ path, message: 'is reserved; choose another name' }];
  const first = seen.get(name);
  if (first === undefined) {
    seen.set(name, index);
    return [];
  }
  return [{ path, message: `notify[${first}] has the same name; choose another one` }];
}
