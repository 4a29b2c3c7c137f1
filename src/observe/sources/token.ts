import * as z from 'zod';
import { timeout } from '../../schema/fields.js';
import { parseToken, pastedToken } from '../tokens/compact-token.js';
import { whyNotVerifiable } from '../tokens/verify.js';
import { outputOf, variables, withVariables } from './command.js';
import { failed, type Source, type SourceResult } from './source.js';

const schema = z
  .strictObject({
    kind: z.literal('token'),
    value: z
      .string()
      .optional()
      .describe('The token. It must come from a variable, not from the file itself.')
      .meta({ examples: ['$' + '{ANON_KEY}'] }),
    command: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('Alternative: a program that prints the token; program and arguments, without a shell.'),
    env: variables,
    timeout: timeout.optional().describe('Timeout of the program.'),
  })
  .refine(({ value, command }) => (value === undefined) !== (command === undefined), {
    message: 'needs either `value` or `command`',
  })
  .describe(
    'An existing token, such as a long-lived API key. Verifying it identifies the key that signed it.',
  );

/** Reads an existing token. It is never sent. */
export const token: Source<typeof schema> = {
  schema,
  declared: { credentials: ['value'] },
  holder: () => ({ is: 'token' }),
  target: (source, context) =>
    source.command === undefined ? 'the configuration' : context.label(source.command[0] ?? ''),
  yieldsSecret: () => false,
  async read(source, context) {
    if (source.command === undefined) return tokenIn(source.value ?? '', '`value`');
    const printed = await outputOf(
      source.command,
      source.timeout ?? context.timeoutMs,
      withVariables(context, source.env),
    );
    if (!printed.ok) return failed(printed.error);
    return tokenIn(printed.value.toString('utf8'), `the output of ${context.label(source.command[0] ?? '')}`);
  },
};

function tokenIn(text: string, place: string): SourceResult {
  const parsed = parseToken(pastedToken(text));
  if (parsed.is === 'token') return { is: 'tokens', tokens: [parsed.token], isFresh: false };
  return failed({
    code: text === '' ? 'unset' : 'invalid-response',
    message: text === '' ? `${place} is empty` : `${place} is ${whyNotVerifiable(parsed)}`,
    hint: 'It must be one signed token (RFC 7519): three parts separated by dots.',
  });
}
