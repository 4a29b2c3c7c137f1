import { checkCommand } from './cli/check.js';
import { configCommands } from './cli/config.js';
import { demoCommand } from './cli/demo.js';
import { explainCommand } from './cli/explain.js';
import { fingerprintCommand } from './cli/fingerprint.js';
import { Page } from './cli/page.js';
import type { Io } from './io.js';
import { exitCodes } from './judge/exit-code.js';
import type { ExitCode } from './model.js';
import { version } from './version.js';

/** One file each, in the order of the help. */
const commands = [checkCommand, demoCommand, explainCommand, fingerprintCommand, configCommands] as const;

const examples = `
Examples:
  jwtcheck                                check the default environment
  jwtcheck -e staging -f json             one JSON document on standard output
  jwtcheck -e staging --wait 2m           after a deploy: until consistent, two minutes at most
  jwtcheck demo hard-coded-fallback       see a broken system, and what jwtcheck says of it
  printf %s "$JWT_SECRET" | jwtcheck fingerprint
  jwtcheck explain trailing-newline`;

const exits = `
Exit codes:
${Object.entries(exitCodes)
  .map(([code, meaning]) => `  ${code.padEnd(4)}${meaning}`)
  .join('\n')}`;

/** The program: its commands and flags. What they do is loaded when they are called. */
export function program(io: Io, ended: (code: ExitCode) => void): Page {
  const root = new Page('jwtcheck')
    .description(
      'Checks that every service of an environment holds the same JWT secret, and names the cause where not.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .addHelpText('after', `${examples}\n\nThe flags of a check: jwtcheck check --help\n${exits}`);
  for (const add of commands) add(root, { io, ended });
  return root;
}
