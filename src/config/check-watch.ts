import type { Checked } from './check-names.js';
import { at, entriesOf, isList, type Path, type Problem } from './path.js';
import { didYouMean } from './suggest.js';
import { isLoopback, parseUrl } from './url.js';

/** Silences name participants that exist, and the heartbeat goes over TLS or stays on this machine. */
export function checkWatch(checked: Checked): Problem[] {
  return [...checkSilences(checked), ...checkHeartbeat(checked)];
}

function checkSilences({ tree, isExpanded, isUnresolved }: Checked): Problem[] {
  const silences = at(tree, ['watch', 'silence']);
  if (!isList(silences)) return [];
  const known = entriesOf(at(tree, ['environments'])).flatMap(([, environment]) =>
    entriesOf(at(environment, ['participants'])).map(([name]) => name),
  );
  return silences.flatMap((silence, index) => {
    const names = at(silence, ['participants']);
    if (!isList(names)) return [];
    return names.flatMap((name, position): Problem[] => {
      const path: Path = ['watch', 'silence', index, 'participants', position];
      if (typeof name !== 'string' || isExpanded(path) || isUnresolved(path) || known.includes(name))
        return [];
      return [{ path, message: `there is no participant of this name${didYouMean(name, known)}` }];
    });
  });
}

function checkHeartbeat({ tree, isUnresolved }: Checked): Problem[] {
  const path: Path = ['watch', 'heartbeat', 'url'];
  const text = at(tree, path);
  if (typeof text !== 'string' || isUnresolved(path)) return [];
  const url = parseUrl(text);
  if (url === null || url.protocol !== 'http:' || isLoopback(url.hostname)) return [];
  return [{ path, message: 'plain http to another machine can be read on the way; use https://' }];
}
