import type { Command, CommanderError } from 'commander';
import { UsageError } from '../errors.js';
import { formatNames } from '../report/format-names.js';
import { quoted } from '../schema/path.js';
import { didYouMean } from '../schema/suggest.js';

/** The form of flag and command names. Anything else that was typed may be a secret and is not repeated. */
const nameLike = /^(?:-[a-z]|(?:--)?[a-z][a-z-]{1,24})$/i;

/**
 * Turns an error of commander into a usage error with a hint. A value that was given with an unknown flag, or in excess,
 * is not repeated: it may be a secret.
 */
export function usageError(error: CommanderError, args: readonly string[], root: Command): UsageError {
  // What stands after -- is no flag of this program.
  const end = args.indexOf('--');
  const [first = ''] = args;
  const commands = root.commands.map((command) => command.name());
  // As in `run -- npm test`, which other tools have.
  if (end !== -1 && !first.startsWith('-') && !commands.includes(first))
    return new UsageError(`unknown command${shown(first)}`, 'Use: jwtcheck exec -- COMMAND');
  const known = otherName(end === -1 ? args : args.slice(0, end), root);
  if (known !== null) return new UsageError(known.message, known.hint);
  const hint =
    first === 'exec'
      ? 'Flags of your command stand after --: jwtcheck exec -- COMMAND'
      : `See jwtcheck ${commands.includes(first) ? `${first} ` : ''}--help.`;
  // An unknown word reaches the default command, which takes no arguments.
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

/** Flags of other tools, and their names here. */
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

/** Commands of other tools, and their names here. */
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

/** The name that an unknown flag or command of another tool has here; `null` if it has none. */
function otherName(args: readonly string[], root: Command): { message: string; hint: string } | null {
  const [first = ''] = args;
  const named = root.commands.find((command) => command.name() === first);
  const command = named ?? root.commands.find((one) => one.name() === 'check');
  if (named === undefined && otherCommands.has(first))
    return { message: `unknown command ${quoted(first)}`, hint: `Use: ${otherCommands.get(first)}` };
  const flags = (command?.options ?? []).flatMap(({ long, short }) => [long ?? '', short ?? '']);
  const unknown = args
    .map((arg) => arg.split('=')[0] ?? '')
    .find((arg) => arg.startsWith('-') && !flags.includes(arg) && otherNames.has(arg));
  if (unknown === undefined || command?.name() === 'fingerprint' || command?.name() === 'config') return null;
  const instead = otherNames.get(unknown) ?? '';
  const flag = instead.split(' ')[0] ?? '';
  if (!flags.includes(flag)) return null;
  return { message: `unknown option ${quoted(unknown)}`, hint: `Use: ${instead}` };
}

function shown(typed: string): string {
  const [name = ''] = typed.split('=');
  const short = /^-[^-]/.test(name) ? name.slice(0, 2) : name;
  return nameLike.test(short) ? ` ${quoted(short)}` : '';
}
