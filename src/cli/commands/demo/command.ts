import { UsageError } from '../../../errors.js';
import type { ExitCode } from '../../../model.js';
import type { Io } from '../../../system/io.js';
import { type CheckOptions, checkFlags, checkFlagsOf } from '../../check-flags.js';
import { styleOf } from '../../flags.js';
import { allExits, type CommandContext, type HelpCommand } from '../../help-command.js';

export function demoCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  checkFlags(
    root
      .command('demo')
      .description(
        'run a whole system on this machine, with an embedded Secret Manager and services, and check it',
      )
      .argument('[scenario]', 'scenario; see --list')
      .option('--list', 'list the scenarios')
      .option('--keep', 'keep the services running, and print how to check them')
      .option('--watch', 'the monitor: a secret drifts, the alert arrives, and the secret is fixed')
      .describe({
        examples: [
          { line: 'jwtcheck demo', description: 'a consistent system' },
          { line: 'jwtcheck demo --list', description: 'the scenarios' },
          { line: 'jwtcheck demo trailing-newline', description: 'one realistic failure' },
          { line: 'jwtcheck demo --watch', description: 'a drift from the alert to the fix, in a minute' },
          {
            line: 'jwtcheck demo trailing-newline --keep',
            description: 'try it from another terminal',
          },
        ],
        notes: ['Nothing leaves this machine, and no files are left behind.'],
        exits: allExits,
      }),
    new Set(['config', 'environment', 'wait', 'interval', 'allowHosts', 'shard', 'reach']),
  ).action(
    async (
      scenario: string | undefined,
      options: CheckOptions & { list?: boolean; keep?: boolean; watch?: boolean },
    ) => {
      if (options.watch === true) return setExitCode(await watchDemo(scenario, options, io));
      const [{ demo }, { check }] = await Promise.all([import('./run.js'), import('../check/run.js')]);
      const flags = await checkFlagsOf(options, io);
      const run = ({ config, environment, env }: { config: string; environment: string; env: Io['env'] }) =>
        check({ ...flags, config, environment }, { ...io, env });
      const { list = false, keep = false } = options;
      setExitCode(await demo({ list, keep, ...(scenario === undefined ? {} : { scenario }) }, io, run));
    },
  );
}

async function watchDemo(
  scenario: string | undefined,
  options: CheckOptions & { keep?: boolean },
  io: Io,
): Promise<ExitCode> {
  const { demoWatch, isEventFormat } = await import('./demo-watch.js');
  if (scenario !== undefined) throw new UsageError('demo --watch has its own scenario: do not specify one');
  const [format = 'pretty', ...more] = options.format ?? [];
  if (!isEventFormat(format) || more.length > 0)
    throw new UsageError('demo --watch: --format takes pretty or ndjson');
  return demoWatch({ format, style: styleOf(options, io), keep: options.keep === true }, io);
}
