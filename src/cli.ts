import { checkCommand } from './cli/check.js';
import { completionCommands } from './cli/completion.js';
import { configCommands } from './cli/config.js';
import { demoCommand } from './cli/demo.js';
import { allExits } from './cli/exits.js';
import { explainCommand } from './cli/explain.js';
import { fingerprintCommand } from './cli/fingerprint.js';
import { historyCommand } from './cli/history.js';
import { initCommand } from './cli/init.js';
import { Page } from './cli/page.js';
import { watchCommand } from './cli/watch.js';
import { whoseCommand } from './cli/whose.js';
import type { Io } from './io.js';
import type { ExitCode } from './model.js';
import { version } from './version.js';

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
export function program(io: Io, ended: (code: ExitCode) => void): Page {
  const root = new Page('jwtcheck')
    .description(
      'Checks that every service of an environment holds the same JWT secret, and names the cause when one does not.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .teach({
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
  for (const add of commands) add(root, { io, ended });
  return root;
}
