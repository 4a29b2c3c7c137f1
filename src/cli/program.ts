import { type Command, CommanderError } from 'commander';
import type { Io } from '../system/io.js';
import { version } from '../version.js';
import { checkCommand } from './commands/check/command.js';
import { completionCommands } from './commands/completion/command.js';
import { configCommands } from './commands/config/command.js';
import { demoCommand } from './commands/demo/command.js';
import { execCommand } from './commands/exec/command.js';
import { explainCommand } from './commands/explain/command.js';
import { fingerprintCommand } from './commands/fingerprint/command.js';
import { fixCommand } from './commands/fix/command.js';
import { historyCommand } from './commands/history/command.js';
import { initCommand } from './commands/init/command.js';
import { judgeCommand } from './commands/judge/command.js';
import { rotateCommand } from './commands/rotate/command.js';
import { watchCommand } from './commands/watch/command.js';
import { whoseCommand } from './commands/whose/command.js';
import { styleOf } from './flags.js';
import { allExits, HelpCommand } from './help-command.js';
import { usageError } from './usage-error.js';

/** All commands, in the order of the help. */
const commands = [
  checkCommand,
  watchCommand,
  historyCommand,
  demoCommand,
  explainCommand,
  fingerprintCommand,
  judgeCommand,
  whoseCommand,
  execCommand,
  rotateCommand,
  fixCommand,
  initCommand,
  configCommands,
  completionCommands,
] as const;

/**
 * Runs the command that the arguments name. Commander neither ends the process nor writes to it.
 * @throws UsageError for unknown arguments
 */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  let code = 0;
  let out = '';
  const root = program(io, (exitCode) => {
    code = exitCode;
  });
  const { columns } = styleOf({}, io);
  prepare(root, columns, (text) => {
    out += text;
  });
  try {
    await root.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && error.code !== 'commander.help') throw usageError(error, args, root);
    // A command group without a command prints its help, and fails.
    if (error.exitCode !== 0) {
      await io.stderr.write(out);
      return 2;
    }
  }
  await io.stdout.write(out);
  return code;
}

/** Passes what commander writes to `write`. */
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

/** Defines the program: its commands and flags. The code of a command is loaded when it is called. */
export function program(io: Io, setExitCode: (code: number) => void): HelpCommand {
  const root = new HelpCommand('jwtcheck')
    .description(
      'Checks that every service of an environment holds the same JWT secret, and names the cause when one does not.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .describe({
      examples: [
        { line: 'jwtcheck init', description: 'create a configuration for the services in this folder' },
        { line: 'jwtcheck', description: 'check the default environment' },
        { line: 'jwtcheck -e staging -f json', description: 'one JSON document on standard output' },
        {
          line: 'jwtcheck -e staging --wait 2m',
          description: 'after a deploy: until consistent, at most two minutes',
        },
        {
          line: 'jwtcheck demo trailing-newline',
          description: 'an example of a broken system, and its report',
        },
        { line: 'jwtcheck explain trailing-newline', description: 'the meaning of a finding, and its fix' },
      ],
      notes: [
        'See jwtcheck COMMAND --help for the flags of a command. Without a command, the flags of check apply: jwtcheck check --help.',
        'Variables: JWTCHECK_CONFIG and JWTCHECK_ENVIRONMENT set --config and --environment; NO_COLOR and FORCE_COLOR are supported.',
      ],
      exits: allExits,
    });
  for (const add of commands) add(root, { io, setExitCode });
  return root;
}
