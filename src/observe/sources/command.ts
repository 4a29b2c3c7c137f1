import * as z from 'zod';
import type { ReadError } from '../../model.js';
import { durationText } from '../../schema/duration.js';
import { timeout } from '../../schema/fields.js';
import { parseFingerprint } from '../../secret/fingerprint.js';
import { redactTokens, Secret } from '../../secret/secret.js';
import type { ObserveContext } from '../context.js';
import type { Outcome } from '../network/network.js';
import { fingerprintReading, kindOf } from './fingerprint-reading.js';
import { type Ran, run } from './run-command.js';
import { failed, type Source } from './source.js';

/**
 * Environment variables for a program. Unlike arguments, other users of the machine cannot see them in the list of
 * processes.
 */
export const variables = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of an environment variable'), z.string())
  .default({})
  .describe(
    'Additional environment variables of the program. Pass secrets here: other users can see arguments.',
  )
  .meta({ examples: [{ VAULT_TOKEN: '$' + '{VAULT_TOKEN}' }] });

const schema = z
  .strictObject({
    kind: z.literal('command'),
    run: z.array(z.string()).min(1).describe('Program and arguments, without a shell.'),
    env: variables,
    output: z.enum(['secret', 'fingerprint']).default('secret').describe('Format of the output.'),
    timeout: timeout.optional().describe('Timeout of the program.'),
  })
  .describe('A program that prints the secret or its fingerprint. One trailing newline is removed.');

/** Reads the standard output of a program. Errors contain only the last line of its standard error. */
export const command: Source<typeof schema> = {
  schema,
  isLocal: true,
  runsProgram: true,
  target: (source, context) => context.label(source.run[0] ?? ''),
  holder: (source, { label }) => ({ is: 'command', program: label(source.run[0] ?? '') }),
  yieldsSecret: (source) => source.output === 'secret',
  async read(source, context) {
    const printed = await outputOf(
      source.run,
      source.timeout ?? context.timeoutMs,
      withVariables(context, source.env),
    );
    if (!printed.ok) return failed(printed.error);
    const { value } = printed;
    const label = labelOf(source.run, context);
    if (source.output === 'secret') {
      return { is: 'secret', secret: new Secret(value), version: null, provenance: null };
    }
    const text = value.toString('utf8').trim();
    const fingerprint = parseFingerprint(text, context.fingerprintLength);
    if (fingerprint === null) {
      const error: ReadError = {
        code: 'invalid-response',
        message: `${label} printed ${kindOf(text)} instead of a fingerprint`,
        hint: 'With `"output": "fingerprint"` it must print 8 to 64 hex digits and nothing else.',
      };
      return failed(error, [{ where: 'fingerprint', value: new Secret(text) }]);
    }
    return fingerprintReading(fingerprint);
  },
};

const labelOf = ([program = '']: readonly string[], context: Pick<ObserveContext, 'label'>): string =>
  `the command ${context.label(program)}`;

/** A context with additional environment variables. */
export const withVariables = (
  context: ObserveContext,
  more: Readonly<Record<string, string>>,
): ObserveContext => ({
  ...context,
  env: { ...context.env, ...more },
});

/** The output of a program, without one trailing newline. */
export async function outputOf(
  command: readonly string[],
  timeoutMs: number,
  context: ObserveContext,
): Promise<Outcome<Buffer>> {
  const [program = '', ...args] = command;
  const { folder: cwd, env, signal } = context;
  const ran = await run(program, args, { cwd, env, signal, timeoutMs });
  if (ran.is === 'output') return { ok: true, value: withoutNewline(ran.output) };
  return { ok: false, error: commandError(ran, labelOf(command, context), timeoutMs, context) };
}

/**
 * Removes one trailing line feed, which the program adds. A carriage return before it stays: it may be the very
 * difference in the key.
 */
function withoutNewline(output: Buffer): Buffer {
  return output.at(-1) === 0x0a ? output.subarray(0, -1) : output;
}

/** The failure of a program, in words that reveal nothing of what it printed. */
export function commandError(
  ran: Exclude<Ran, { is: 'output' }>,
  label: string,
  timeoutMs: number,
  context: Pick<ObserveContext, 'signal'>,
): ReadError {
  switch (ran.is) {
    case 'not-started':
      return {
        code: 'command-failed',
        message: `${label} ${notStarted(ran.code)}`,
        hint: startHint(ran.code),
      };
    case 'ended':
      return {
        code: 'command-failed',
        message:
          ran.signal === null
            ? `${label} ended with exit status ${ran.status}${saying(ran.lastLine)}`
            : `${label} was ended by ${ran.signal}${saying(ran.lastLine)}`,
        hint: 'Run it in the folder of the configuration file to see its output.',
      };
    case 'too-large':
      return {
        code: 'too-large',
        message: `${label} printed more than 64 KiB`,
        hint: 'It must print only the secret or its fingerprint.',
      };
    case 'stopped':
      return context.signal.aborted
        ? {
            code: 'timeout',
            message: `${label} did not end before the time for the whole check was over`,
            hint: 'Raise `deadline` if the whole check may take longer.',
          }
        : {
            code: 'timeout',
            message: `${label} did not end within ${durationText(timeoutMs)}`,
            hint: 'Check whether it waits for input. Raise its `timeout` if it needs more time.',
          };
  }
}

/** Maximum number of displayed characters of the last line. */
const longestLine = 160;

/**
 * The last line that the program printed. Known secrets are removed like everywhere. Values after `=` and long words
 * of letters and digits may be unknown secrets, and are removed as well.
 */
function saying(line: string): string {
  const careful = redactTokens(line)
    .replace(/=\S+/g, '=[…]')
    .replace(/[^\s'"`()[\]{}<>,;:]{12,}/g, (word) => (/\d/.test(word) && /[a-z]/i.test(word) ? '[…]' : word));
  const shown = careful.length > longestLine ? `${careful.slice(0, longestLine)}…` : careful;
  return shown === '' ? '' : `: ${shown}`;
}

function notStarted(code: string | null): string {
  if (code === 'ENOENT') return 'does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be executed';
  return `could not be started${code === null ? '' : ` (${code})`}`;
}

function startHint(code: string | null): string {
  if (code === 'ENOENT')
    return 'Check that it is installed and in PATH. There is no shell: `run` is a list of program and arguments.';
  if (code === 'EACCES' || code === 'EPERM') return 'Make it executable for the user that runs jwtcheck.';
  return 'Check `run`.';
}
