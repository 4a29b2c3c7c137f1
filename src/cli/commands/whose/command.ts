import { Option } from 'commander';
import { collect, colorOption, configOption } from '../../check-flags.js';
import { prettyOrJson, styleOf } from '../../flags.js';
import type { CommandContext, HelpCommand } from '../../help-command.js';

interface WhoseOptions {
  config?: string;
  environment?: string;
  only?: string[];
  skip?: string[];
  secretEnvVar?: string;
  secretFile?: string;
  format: string;
  color?: string;
  quiet?: boolean;
}

export function whoseCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  root
    .command('whose')
    .description(
      'find the secret that signed the token on standard input, and whether it is valid; the token is not sent',
    )
    .addOption(configOption())
    .option('-e, --environment <environment>', 'environment of the configuration')
    .addOption(
      new Option(
        '--only <participant>',
        'only secrets of this participant, and the reference (repeatable)',
      ).argParser(collect),
    )
    .addOption(
      new Option('--skip <participant>', 'all participants except this one (repeatable)').argParser(collect),
    )
    .option('--secret-env-var <name>', 'also try the secret in this environment variable')
    .option('--secret-file <path>', 'also try the secret in this file, unchanged')
    .option('-f, --format <form>', 'pretty or json', 'pretty')
    .addOption(colorOption())
    .option('-q, --quiet', 'only the verdict')
    .describe({
      examples: [
        { line: 'jwtcheck whose', description: 'paste a token; it is not displayed' },
        {
          line: 'pbpaste | jwtcheck whose -e staging',
          description: 'from the clipboard, with or without Bearer',
        },
        {
          line: 'jwtcheck whose --secret-env-var JWT_SECRET <token.txt',
          description: 'without a configuration',
        },
      ],
      notes: [
        'Secrets are read from the configuration; no service is asked. The order is: the reference, other secrets, their versions, what tools make of them, fallbacks, and published secrets.',
        'The output contains times, names of claims, and whether issuer and audience are as configured. It never contains the token or values of other claims.',
      ],
      exits: [0, 1, 2, 3, 4, 130],
      exitWords: {
        0: 'signed by the reference, and valid',
        1: 'signed with another key, or not valid',
        2: 'usage or configuration error, or not a JWT',
        3: 'no known key signed it, or the right key is unknown',
      },
    })
    .action(async ({ format: given, color, quiet, ...options }: WhoseOptions) => {
      const format = prettyOrJson(given);
      const { whose } = await import('./run.js');
      const style = styleOf({ ...(color === undefined ? {} : { color }), quiet: quiet === true }, io);
      setExitCode(await whose({ ...options, format, style }, io));
    });
}
