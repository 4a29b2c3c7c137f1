import { type Command, CommanderError } from 'commander';
import { program } from './cli.js';
import { quoted } from './config/path.js';
import { didYouMean } from './config/suggest.js';
import { UsageError } from './errors.js';
import { styleOf } from './flags.js';
import type { Io } from './io.js';
import type { ExitCode } from './model.js';

/**
 * Runs the program without letting commander end the process or write by itself.
 * @throws UsageError for arguments that it does not know
 */
export async function runProgram(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  let out = '';
  const root = program(io, (ended) => {
    code = ended;
  });
  const { columns } = styleOf({}, io);
  prepare(root, columns, (text) => {
    out += text;
  });
  try {
    await root.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && error.code !== 'commander.help') throw usage(error, args, root);
    // A command group without a command prints its help, as an error.
    if (error.exitCode !== 0) {
      await io.stderr.write(out);
      return 2;
    }
  }
  await io.stdout.write(out);
  return code;
}

function prepare(command: Command, columns: number, write: (text: string) => void): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: write,
    writeErr: write,
    outputError: () => {},
    getOutHelpWidth: () => columns,
    getErrHelpWidth: () => columns,
  });
  for (const child of command.commands) prepare(child, columns, write);
}

/** Names of flags and commands look like this; anything else that was typed may be a secret and is not repeated. */
const nameLike = /^(?:-[a-z]|(?:--)?[a-z][a-z-]{1,24})$/i;

/** The error of commander in our words. A value given with an unknown flag, or in excess, may be a secret: it is not repeated. */
function usage(error: CommanderError, args: readonly string[], root: Command): UsageError {
  const hint = 'See jwtcheck --help.';
  const [first = ''] = args;
  const commands = root.commands.map((command) => command.name());
  // A word that is no command goes to the default command, which takes none.
  if (error.code === 'commander.excessArguments' && !first.startsWith('-') && !commands.includes(first)) {
    return new UsageError(`unknown command${shown(first)}${didYouMean(first, commands)}`, hint);
  }
  const [text = '', suggestion = ''] = error.message.replace(/^error: /, '').split('\n(Did you mean ');
  const meant = suggestion === '' ? '' : `; did you mean ${suggestion.replace(/\)$/, '')}`;
  const [, what = '', typed = ''] = /^(unknown (?:option|command)) '(.*)'$/s.exec(text) ?? [];
  if (what !== '') return new UsageError(`${what}${shown(typed)}${meant}`, hint);
  const message = text.replace(/(argument )'.*'( is invalid)/s, '$1$2').replace(/\.$/, '');
  return new UsageError(`${message}${meant}`, hint);
}

function shown(typed: string): string {
  const [name = ''] = typed.split('=');
  const short = /^-[^-]/.test(name) ? name.slice(0, 2) : name;
  return nameLike.test(short) ? ` ${quoted(short)}` : '';
}
