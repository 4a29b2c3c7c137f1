import {
  allowEmulatorOption,
  allowHostsOption,
  configOption,
  ioFor,
  noCommandsOption,
} from '../../check-flags.js';
import { type CommandContext, type HelpCommand, plainExits } from '../../help-command.js';

interface ConfigOptions {
  commands: boolean;
  allowEmulator?: boolean;
  allowHosts?: string;
  config?: string;
  environment?: string;
}

export function configCommands(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  const config = root
    .command('config')
    .description('work with the configuration: validate, show or schema')
    .describe({
      examples: [
        { line: 'jwtcheck config validate', description: 'all problems at once, each with its path' },
        {
          line: 'jwtcheck config show -e staging',
          description: 'the effective configuration, with defaults',
        },
        {
          line: 'jwtcheck config schema > schema.json',
          description: 'for validation and completion in an editor',
        },
      ],
      exits: plainExits,
    });
  const withFile = (command: HelpCommand): HelpCommand =>
    command
      .addOption(configOption())
      .option('-e, --environment <environment>', 'only this environment')
      .addOption(noCommandsOption())
      .addOption(allowHostsOption())
      .addOption(allowEmulatorOption());
  withFile(
    config
      .command('validate')
      .description('list all problems')
      .describe({
        examples: [
          { line: 'jwtcheck config validate', description: 'all environments' },
          {
            line: 'jwtcheck config validate -e staging',
            description: 'without the variables of other environments',
          },
        ],
        exits: plainExits,
      }),
  ).action(async (options: ConfigOptions) => {
    const { configValidate } = await import('./run.js');
    setExitCode(await configValidate(options, ioFor(io, options)));
  });
  withFile(
    config
      .command('show')
      .description('print the effective configuration, with unexpanded variables')
      .describe({
        examples: [{ line: 'jwtcheck config show -e staging', description: 'as written, with defaults' }],
        exits: plainExits,
      }),
  ).action(async (options: ConfigOptions) => {
    const { configShow } = await import('./run.js');
    setExitCode(await configShow(options, ioFor(io, options)));
  });
  config
    .command('schema')
    .description('print the JSON Schema of the configuration')
    .describe({
      examples: [
        {
          line: 'jwtcheck config schema > schema.json',
          description: 'the same schema as jwtcheck/schema.json in the package',
        },
      ],
      exits: plainExits,
    })
    .action(async () => {
      const { configSchemaCommand } = await import('./run.js');
      setExitCode(await configSchemaCommand({}, io));
    });
}
