import { Option } from 'commander';
import { colorOption, configOption } from '../../check-flags.js';
import { styleOf } from '../../flags.js';
import { type CommandContext, type HelpCommand, plainExits } from '../../help-command.js';

interface HistoryOptions {
  config?: string;
  environment?: string;
  since?: string;
  history?: string;
  format: string;
  color?: string;
}

export function historyCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  root
    .command('history')
    .description('print what watch recorded: consistency, incidents, latencies, revenue at risk, keys')
    .addOption(configOption())
    .addOption(new Option('-e, --environment <environment>', 'only this environment; default: all'))
    .addOption(
      new Option('--since <when>', 'start of the period: 12h, 7d, 2w, 2026-01-31, 2026-01-31T12:00:00Z'),
    )
    .addOption(
      new Option(
        '--history <path>',
        'read this file instead of the configured one; no configuration is needed',
      ),
    )
    .addOption(new Option('-f, --format <name>', 'pretty or json').default('pretty'))
    .addOption(colorOption())
    .describe({
      examples: [
        { line: 'jwtcheck history --since 7d', description: 'the last week' },
        { line: 'jwtcheck history -e staging -f json', description: 'one JSON document' },
      ],
      notes: ['Inconclusive checks and answers do not count in percentages.'],
      exits: plainExits,
    })
    .action(async (options: HistoryOptions) => {
      const { history, historyFormat } = await import('./run.js');
      const { color: _, format, ...flags } = options;
      setExitCode(
        await history({ ...flags, format: historyFormat(format), style: styleOf(options, io) }, io),
      );
    });
}
