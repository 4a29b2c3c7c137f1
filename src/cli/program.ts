import type { ExitCode } from '../model.js';
import type { Io } from '../system/io.js';
import { version } from '../version.js';
import { checkCommand } from './commands/check/command.js';
import { completionCommands } from './commands/completion/command.js';
import { configCommands } from './commands/config/command.js';
import { demoCommand } from './commands/demo/command.js';
import { explainCommand } from './commands/explain/command.js';
import { fingerprintCommand } from './commands/fingerprint/command.js';
import { historyCommand } from './commands/history/command.js';
import { initCommand } from './commands/init/command.js';
import { watchCommand } from './commands/watch/command.js';
import { whoseCommand } from './commands/whose/command.js';
import { allExits } from './exits.js';
import { HelpCommand } from './help-command.js';

/** One file each, in the order of the help. */
const commands = [
  checkCommand,
  watchCommand,
  historyCommand,
  demoCommand,
  explainCommand,
  fingerprintCommand,
  whoseCommand,
  initCommand,
  configCommands,
  completionCommands,
] as const;

/** The program: its commands and flags. What they do is loaded when they are called. */
export function program(io: Io, setExitCode: (code: ExitCode) => void): HelpCommand {
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
        { line: 'jwtcheck init', says: 'write a configuration for the services in this folder' },
        { line: 'jwtcheck', says: 'check the default environment' },
        { line: 'jwtcheck -e staging -f json', says: 'one JSON document on standard output' },
        {
          line: 'jwtcheck -e staging --wait 2m',
          says: 'after a deploy: until consistent, two minutes at most',
        },
        { line: 'jwtcheck demo trailing-newline', says: 'see a broken system, and what jwtcheck says of it' },
        { line: 'jwtcheck explain trailing-newline', says: 'what a finding means, and how to fix it' },
      ],
      notes: [
        'jwtcheck COMMAND --help has more; without a command the flags are those of check: jwtcheck check --help.',
        'Variables: JWTCHECK_CONFIG and JWTCHECK_ENVIRONMENT stand for --config and --environment; NO_COLOR and FORCE_COLOR are honoured.',
      ],
      exits: allExits,
    });
  for (const add of commands) add(root, { io, setExitCode });
  return root;
}
