import { type Command, CommanderError } from 'commander';
import { UsageError } from '../errors.js';
import type { ExitCode } from '../model.js';
import { formatNames } from '../report/format-names.js';
import { quoted } from '../schema/path.js';
import { didYouMean } from '../schema/suggest.js';
import type { Io } from '../system/io.js';
import { styleOf } from './flags.js';
import { program } from './program.js';

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
  const known = elsewhere(args, root);
  if (known !== null) return new UsageError(known.message, known.hint);
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

/** What people type who know other tools, and what it is called here. */
const otherNames = new Map<string, string>([
  ...formatNames.map((name): [string, string] => [`--${name}`, `-f ${name}`]),
  ['--output', '-f NAME:PATH'],
  ['--out', '-f NAME:PATH'],
  ['-o', '-f NAME:PATH'],
  ['--reporter', '-f NAME'],
  ['--env', '-e NAME'],
  ['--environment-name', '-e NAME'],
  ['--stage', '-e NAME'],
  ['--file', '-c PATH'],
  ['--config-file', '-c PATH'],
  ['--exclude', '--skip NAME'],
  ['--ignore', '--skip NAME'],
  ['--include', '--only NAME'],
  ['--fingerprint', '--expect FINGERPRINT'],
  ['--retry', '--wait DURATION'],
  ['--parallel', '--concurrency N'],
  ['--silent', '--quiet'],
  ['--debug', '--verbose'],
  ['--no-color', '--color never'],
  ['--strict', '--fail-on warning'],
]);

/** Words that are commands of other tools. */
const otherCommands = new Map<string, string>([
  ['validate', 'jwtcheck config validate'],
  ['lint', 'jwtcheck config validate'],
  ['schema', 'jwtcheck config schema'],
  ['show', 'jwtcheck config show'],
  ['monitor', 'jwtcheck watch'],
  ['run', 'jwtcheck check'],
  ['test', 'jwtcheck check'],
  ['verify', 'jwtcheck check'],
  ['hash', 'jwtcheck fingerprint'],
  ['version', 'jwtcheck --version'],
]);

/** An unknown flag or command that has another name here; of the default command, its flags are suggested. */
function elsewhere(args: readonly string[], root: Command): { message: string; hint: string } | null {
  const [first = ''] = args;
  const named = root.commands.find((command) => command.name() === first);
  const command = named ?? root.commands.find((one) => one.name() === 'check');
  if (named === undefined && otherCommands.has(first))
    return { message: `unknown command ${quoted(first)}`, hint: `Type: ${otherCommands.get(first)}` };
  const flags = (command?.options ?? []).flatMap(({ long, short }) => [long ?? '', short ?? '']);
  const unknown = args
    .map((arg) => arg.split('=')[0] ?? '')
    .find((arg) => arg.startsWith('-') && !flags.includes(arg) && otherNames.has(arg));
  if (unknown === undefined || command?.name() === 'fingerprint' || command?.name() === 'config') return null;
  const instead = otherNames.get(unknown) ?? '';
  const flag = instead.split(' ')[0] ?? '';
  if (!flags.includes(flag)) return null;
  return { message: `unknown option ${quoted(unknown)}`, hint: `Type: ${instead}` };
}

function shown(typed: string): string {
  const [name = ''] = typed.split('=');
  const short = /^-[^-]/.test(name) ? name.slice(0, 2) : name;
  return nameLike.test(short) ? ` ${quoted(short)}` : '';
}
