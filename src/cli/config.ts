import { configOption } from './check-flags.js';
import type { Page, Running } from './page.js';

interface ConfigOptions {
  config?: string;
  environment?: string;
}

export function configCommands(root: Page, { io, ended }: Running): void {
  const config = root.command('config').description('look at the configuration: validate, show or schema');
  const withFile = (command: Page): Page =>
    command.addOption(configOption()).option('-e, --environment <environment>', 'only this environment');
  withFile(config.command('validate').description('tell every problem at once')).action(
    async (options: ConfigOptions) => {
      const { configValidate } = await import('../commands/config.js');
      ended(await configValidate(options, io));
    },
  );
  withFile(
    config.command('show').description('the configuration in effect; nothing expanded is shown'),
  ).action(async (options: ConfigOptions) => {
    const { configShow } = await import('../commands/config.js');
    ended(await configShow(options, io));
  });
  config
    .command('schema')
    .description('the JSON Schema of the configuration')
    .action(async () => {
      const { configSchemaCommand } = await import('../commands/config.js');
      ended(await configSchemaCommand({}, io));
    });
}
