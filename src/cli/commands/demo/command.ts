import { UsageError } from '../../../errors.js';
import type { ExitCode } from '../../../model.js';
import type { Io } from '../../../system/io.js';
import { type CheckOptions, checkFlags, checkFlagsOf } from '../../check-flags.js';
import { styleOf } from '../../flags.js';
import { allExits, type CommandContext, type HelpCommand } from '../../help-command.js';
import type { RunCheck } from './run.js';

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
      .option('--rotate', 'a rotation under constant traffic: how many valid tokens are rejected')
      .option(
        '--cutover',
        'with --rotate: services that hold one key, and the time in which they reject valid tokens',
      )
      .describe({
        examples: [
          { line: 'jwtcheck demo', description: 'a consistent system' },
          { line: 'jwtcheck demo --list', description: 'the scenarios' },
          { line: 'jwtcheck demo trailing-newline', description: 'one realistic failure' },
          { line: 'jwtcheck demo --watch', description: 'a drift from the alert to the fix, in a minute' },
          {
            line: 'jwtcheck demo --rotate',
            description: 'a whole rotation in a minute: 0 valid tokens are rejected',
          },
          {
            line: 'jwtcheck demo trailing-newline --keep',
            description: 'try it from another terminal',
          },
        ],
        notes: ['Nothing leaves this machine, and no files are left behind.'],
        exits: allExits,
      }),
    new Set(['config', 'environment', 'wait', 'interval', 'allowHosts', 'shard', 'reach']),
  ).action(async (scenario: string | undefined, options: DemoOptions) => {
    if (options.cutover === true && options.rotate !== true)
      throw new UsageError('--cutover belongs to demo --rotate: add --rotate, or leave it out');
    if (options.rotate === true) return setExitCode(await rotateDemo(scenario, options, io));
    if (options.watch === true) return setExitCode(await watchDemo(scenario, options, io));
    const [{ demo }, { check }] = await Promise.all([import('./run.js'), import('../check/run.js')]);
    const flags = await checkFlagsOf(options, io);
    const { list = false, keep = false } = options;
    // Commands in the report name the file only if it stays.
    const run: RunCheck = ({ config, environment, env }) =>
      keep
        ? check({ ...flags, config, environment }, { ...io, env })
        : check({ ...flags, environment }, { ...io, env: { ...env, JWTCHECK_CONFIG: config } });
    setExitCode(await demo({ list, keep, ...(scenario === undefined ? {} : { scenario }) }, io, run));
  });
}

interface DemoOptions extends CheckOptions {
  list?: boolean;
  keep?: boolean;
  watch?: boolean;
  rotate?: boolean;
  cutover?: boolean;
}

async function rotateDemo(scenario: string | undefined, options: DemoOptions, io: Io): Promise<ExitCode> {
  const { demoRotate } = await import('./demo-rotate.js');
  const other = (['list', 'keep', 'watch'] as const).find((name) => options[name] === true);
  if (other !== undefined) throw new UsageError(`demo --rotate and --${other} exclude each other`);
  if (scenario !== undefined) throw new UsageError('demo --rotate has its own scenario: do not specify one');
  const [format = 'pretty', ...more] = options.format ?? [];
  if ((format !== 'pretty' && format !== 'json') || more.length > 0)
    throw new UsageError('demo --rotate: --format takes pretty or json');
  return demoRotate({ format, style: styleOf(options, io), isCutover: options.cutover === true }, io);
}

async function watchDemo(scenario: string | undefined, options: DemoOptions, io: Io): Promise<ExitCode> {
  const { demoWatch, isEventFormat } = await import('./demo-watch.js');
  if (scenario !== undefined) throw new UsageError('demo --watch has its own scenario: do not specify one');
  const [format = 'pretty', ...more] = options.format ?? [];
  if (!isEventFormat(format) || more.length > 0)
    throw new UsageError('demo --watch: --format takes pretty or ndjson');
  return demoWatch({ format, style: styleOf(options, io), keep: options.keep === true }, io);
}
