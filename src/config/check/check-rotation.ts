import { at, entriesOf, isObject, type Problem } from '../../schema/path.js';
import { didYouMean } from '../../schema/suggest.js';
import type { Checked } from './check-names.js';

/**
 * Checks that the drain names existing token types: under a misspelt name, the lifetime of the intended type would be
 * unknown.
 */
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
