import { at, entriesOf, isObject, type Problem } from '../../schema/path.js';
import { didYouMean } from '../../schema/suggest.js';
import type { Checked } from './check-names.js';

/** The drain names token types that exist: under a misspelt name, the life of the type that was meant would be unknown. */
export function checkRotation({ tree }: Pick<Checked, 'tree'>): Problem[] {
  const written = at(tree, ['token', 'types']);
  const types = isObject(written) ? Object.keys(written) : ['access'];
  return entriesOf(at(tree, ['rotation', 'drain'])).flatMap(([type]): Problem[] =>
    types.includes(type)
      ? []
      : [
          {
            path: ['rotation', 'drain', type],
            message: `\`token.types\` has no such token type${didYouMean(type, types)}`,
          },
        ],
  );
}
