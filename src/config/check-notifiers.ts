import type { JsonValue } from '../model.js';
import type { Checked } from './check-names.js';
import { at, isList, type Path, type Problem } from './path.js';
import { isLoopback, parseUrl } from './url.js';

/** Names under which metrics and the state file know what is no notifier. */
const taken: ReadonlySet<string> = new Set(['output', 'history']);

/** Kinds that may be reached over plain HTTP where the configuration says so. */
const mayBeInsecure: ReadonlySet<JsonValue | undefined> = new Set(['alertmanager', 'webhook']);

/** Notifiers have names of their own, spelled out in the file, and are reached over TLS or on this machine. */
export function checkNotifiers(checked: Checked): Problem[] {
  const notify = at(checked.tree, ['watch', 'notify']);
  if (!isList(notify)) return [];
  const seen = new Map<string, number>();
  return notify.flatMap((notifier, index) => {
    const path: Path = ['watch', 'notify', index];
    return [...checkName([...path, 'name'], index, seen, checked), ...checkUrl(path, notifier, checked)];
  });
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

function checkUrl(holder: Path, notifier: JsonValue, checked: Checked): Problem[] {
  const path = [...holder, 'url'];
  const text = at(notifier, ['url']);
  if (typeof text !== 'string' || checked.isUnresolved(path)) return [];
  const url = parseUrl(text);
  if (url === null || url.protocol !== 'http:' || isLoopback(url.hostname)) return [];
  const allowed = mayBeInsecure.has(at(notifier, ['kind']));
  if (allowed && at(notifier, ['allowInsecure']) === true) return [];
  const remedy = allowed ? 'use https://, or set `allowInsecure: true`' : 'use https://';
  return [{ path, message: `plain http to another machine can be read on the way; ${remedy}` }];
}
