import { at, entriesOf, isList, type Path, type Problem } from '../../schema/path.js';
import { didYouMean } from '../../schema/suggest.js';
import type { Checked } from './check-names.js';

/** Checks that silences name existing participants. */
export function checkWatch({ tree, isExpanded, isUnresolved }: Checked): Problem[] {
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
