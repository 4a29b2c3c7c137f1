import { Option } from 'commander';
import { UsageError } from '../../../errors.js';
import { type CheckOptions, checkFlags, ioFor, runOptionsOf } from '../../check-flags.js';
import { durationFlag, numberFlag, styleOf } from '../../flags.js';
import { allExits, type CommandContext, type HelpCommand } from '../../help-command.js';

interface WatchOptions extends Omit<CheckOptions, 'format'> {
  format: string;
  listen?: string;
  cycles?: string;
  testNotify?: boolean;
  logFormat: string;
}

/** Flags of a check with another or no meaning here. */
const without = new Set(['wait', 'interval', 'consecutive', 'format', 'shard']);

export function watchCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  const command = root
    .command('watch')
    .description('check repeatedly; alert on drift; serve metrics and a status page');
  const group = 'How to watch:';
  const options = [
    new Option('--interval <duration>', 'time between the starts of two checks (default 60s)'),
    new Option('--listen <address>', 'address of metrics and the page, or none (default 127.0.0.1:9464)'),
    new Option('--cycles <n>', 'stop after this many checks, and exit like the last one'),
    new Option('--test-notify', 'send a test notification to every notifier, and exit'),
    new Option('-f, --format <format>', 'format of events: pretty or ndjson').default('pretty'),
    new Option('--log-format <format>', 'format of the log on standard error: text or json').default('text'),
  ];
  for (const option of options) command.addOption(option.helpGroup(group));
  checkFlags(command, without)
    .describe({
      examples: [
        { line: 'jwtcheck watch -e staging', description: 'every minute, until Ctrl-C' },
        { line: 'jwtcheck watch -e staging -f ndjson', description: 'one JSON object for each event' },
        { line: 'jwtcheck watch -e staging --test-notify', description: 'whether the alert arrives' },
        {
          line: 'jwtcheck watch -e staging --cycles 1 --listen none',
          description: 'for cron: one check and its alerts',
        },
      ],
      exits: allExits,
      notes: [
        'SIGHUP reloads the configuration; an invalid one is rejected, and the old one stays in use. SIGTERM stops it within 5 s.',
      ],
    })
    .action(async (given: WatchOptions) => {
      const { eventFormats, isEventFormat, isLogFormat, listen, testNotifiers, watch } = await import(
        './run.js'
      );
      const { format } = given;
      if (!isEventFormat(format))
        throw new UsageError(`--format of watch takes ${Object.keys(eventFormats).join(' or ')}`);
      const { logFormat } = given;
      if (!isLogFormat(logFormat)) throw new UsageError('--log-format takes text or json');
      if (given.listen !== undefined && !listen.safeParse(given.listen).success)
        throw new UsageError('--listen takes ADDRESS:PORT such as 127.0.0.1:9464, or none');
      const flags = {
        ...runOptionsOf(given),
        config: given.config,
        environment: given.environment,
        intervalMs: durationFlag('interval', given.interval, 100),
        listen: given.listen,
        dryRun: given.dryRun === true,
        cycles: numberFlag('cycles', given.cycles, 1, 1_000_000_000),
        format,
        logFormat,
        style: styleOf(given, io),
      };
      const around = ioFor(io, given);
      if (flags.dryRun) {
        const { dryRun } = await import('../check/dry-run.js');
        setExitCode(await dryRun(flags, true, around));
        return;
      }
      setExitCode(
        given.testNotify === true ? await testNotifiers(flags, around) : await watch(flags, around),
      );
    });
}
