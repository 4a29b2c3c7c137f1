import { at, isList, type Path, type Problem } from '../../schema/path.js';
import type { Checked } from './check-names.js';

/** Names under which metrics and the state file know what is no notifier. */
const taken: ReadonlySet<string> = new Set(['output', 'history']);

/** Notifiers have names of their own, spelled out in the file. */
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
    return [{ path, message: 'must be spelled out: it is shown in metrics and in the history' }];
  if (taken.has(name)) return [{ path, message: 'is a name that jwtcheck uses itself; choose another' }];
  const first = seen.get(name);
  if (first === undefined) {
    seen.set(name, index);
    return [];
  }
  return [{ path, message: `notify[${first}] has the same name; choose another` }];
}
