import { type Command, CommanderError } from 'commander';
import { UsageError } from './errors.js';
import type { Io } from './io.js';
import type { ExitCode } from './model.js';

/**
 * Runs a commander program without letting it end the process or write by itself.
 * @throws UsageError for arguments that it does not know
 */
export async function runProgram(
  build: (io: Io, ended: (code: ExitCode) => void) => Command,
  args: readonly string[],
  io: Io,
): Promise<ExitCode> {
  let code: ExitCode = 0;
  let out = '';
  const root = build(io, (ended) => {
    code = ended;
  });
  prepare(root, (text) => {
    out += text;
  });
  try {
    await root.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && error.code !== 'commander.help') throw usage(error);
    // A command group without a command prints its help, as an error.
    if (error.code === 'commander.help') {
      await io.stderr.write(out);
      return 2;
    }
  }
  await io.stdout.write(out);
  return code;
}

function prepare(command: Command, write: (text: string) => void): void {
  command.exitOverride();
  command.configureOutput({ writeOut: write, writeErr: (text) => write(text), outputError: () => {} });
  for (const child of command.commands) prepare(child, write);
}

/** A value given with an unknown flag, or in excess, may be a secret that somebody put there: it is not repeated. */
function usage(error: CommanderError): UsageError {
  const message = error.message
    .replace(/^error: /, '')
    .replace(/'(--?[^'=]+)=[^']*'/g, "'$1'")
    .replace(/(argument )'[^']*'( is invalid)/, '$1$2')
    .replace(/\.$/, '');
  return new UsageError(message, 'See jwtcheck --help.');
}
