import * as z from 'zod';
import { Secret } from '../../secret/secret.js';
import { variableIn } from '../../system/environment.js';
import { failed, type SiblingSecret, type Source } from './source.js';

const schema = z
  .strictObject({
    kind: z.literal('env'),
    names: z
      .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of an environment variable'))
      .min(1)
      .describe('Names of variables. The first one that is set is used, unchanged.'),
    empty: z
      .enum(['value', 'unset'])
      .default('value')
      .describe(
        'Whether an empty variable counts: `value` matches `??` and os.getenv; `unset` matches `a or b or default`.',
      ),
    fallback: z
      .string()
      .optional()
      .describe(
        'Fallback literal of the code if no variable counts. It is hard-coded already: never a live secret.',
      ),
  })
  .describe('An environment variable of the process that runs jwtcheck.');

/** Reads the environment like code that uses the first variable that is set. Nothing is trimmed. */
export const env: Source<typeof schema> = {
  schema,
  isLocal: true,
  target: (source, context) => source.names.map(context.label).join(', '),
  // The first name of a chain wins wherever it is set.
  holder: (source, { label }) => ({ is: 'variable', name: label(source.names[0] ?? '') }),
  names: ({ names }) => ({ variables: names }),
  fallback({ fallback: literal, ...without }) {
    return literal === undefined ? null : { literal, without };
  },
  yieldsSecret: () => true,
  async read(source, context) {
    const [winner, ...siblings] = source.names.flatMap((name): SiblingSecret[] => {
      const value = variableIn(context.env, name);
      return value === undefined || (value === '' && source.empty === 'unset')
        ? []
        : [{ name: context.label(name), secret: new Secret(value) }];
    });
    if (winner !== undefined) {
      const { name, secret } = winner;
      return { is: 'secret', secret, version: null, provenance: name, siblings };
    }
    if (source.fallback !== undefined) {
      return { is: 'secret', secret: new Secret(source.fallback), version: null, provenance: 'fallback' };
    }
    const names = source.names.map(context.label).join(', ');
    return failed({
      code: 'unset',
      message: `none of ${names} is set${source.empty === 'unset' ? ', or all are empty' : ''}`,
      hint: `Set ${context.label(source.names[0] ?? '')} in the environment that runs jwtcheck.`,
    });
  },
};
