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
    .description('look at the configuration: validate, show or schema')
    .describe({
      examples: [
        { line: 'jwtcheck config validate', description: 'every problem at once, each with its path' },
        { line: 'jwtcheck config show -e staging', description: 'what is in effect, defaults filled in' },
        {
          line: 'jwtcheck config schema > schema.json',
          description: 'for an editor that is to check and complete',
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
      .description('list every problem')
      .describe({
        examples: [
          { line: 'jwtcheck config validate', description: 'all environments' },
          { line: 'jwtcheck config validate -e staging', description: 'without the variables of the others' },
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
      .description('the configuration in effect; nothing expanded is shown')
      .describe({
        examples: [
          { line: 'jwtcheck config show -e staging', description: 'what is written, and the defaults' },
        ],
        exits: plainExits,
      }),
  ).action(async (options: ConfigOptions) => {
    const { configShow } = await import('./run.js');
    setExitCode(await configShow(options, ioFor(io, options)));
  });
  config
    .command('schema')
    .description('the JSON Schema of the configuration')
    .describe({
      examples: [
        {
          line: 'jwtcheck config schema > schema.json',
          description: 'the one that is shipped as jwtcheck/schema.json',
        },
      ],
      exits: plainExits,
    })
    .action(async () => {
      const { configSchemaCommand } = await import('./run.js');
      setExitCode(await configSchemaCommand({}, io));
    });
}
