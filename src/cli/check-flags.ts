import { Option } from 'commander';
import type { RunOptions } from '../check/session.js';
import { allowEmulatorVariable, allowHostsVariable, noCommandsVariable } from '../config/trust-variables.js';
import { UsageError } from '../errors.js';
import { formatNames } from '../report/format-names.js';
import { quoted } from '../schema/path.js';
import type { Io } from '../system/io.js';
import { controlsFlag, durationFlag, failOnFlag, numberFlag, styleOf } from './flags.js';
import type { HelpCommand } from './help-command.js';

/** The flags of a check as commander parses them. */
export interface CheckOptions {
  config?: string;
  environment?: string;
  format?: string[];
  only?: string[];
  skip?: string[];
  allowUnreachable?: string[];
  shard?: string;
  reach?: string[];
  commands: boolean;
  allowEmulator?: boolean;
  allowHosts?: string;
  probes: boolean;
  followUp: boolean;
  controls?: string;
  expect?: string;
  failOn?: string;
  timeout?: string;
  deadline?: string;
  concurrency?: string;
  wait?: string;
  interval?: string;
  dryRun?: boolean;
  consecutive?: string;
  color?: string;
  quiet?: boolean;
  verbose?: boolean;
}

/** A parser of a repeatable flag. */
export const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

const repeatable = (flags: string, description: string) => new Option(flags, description).argParser(collect);

export const configOption = () =>
  new Option(
    '-c, --config <path>',
    'configuration file; default: searched upward from the working directory',
  );

export const noCommandsOption = () =>
  new Option('--no-commands', 'reject a configuration that runs programs; same as JWTCHECK_NO_COMMANDS=1');

export const allowEmulatorOption = () =>
  new Option(
    '--allow-emulator',
    'allow an emulator of Secret Manager in CI; same as JWTCHECK_ALLOW_EMULATOR=1',
  );

export const allowHostsOption = () =>
  new Option(
    '--allow-hosts <list>',
    'reject a configuration that contacts other hosts: api.example.com,*.example.com; same as JWTCHECK_ALLOW_HOSTS',
  );

/** The io for reading the configuration: these flags set variables. */
export function ioFor(
  io: Io,
  flags: { commands: boolean; allowEmulator?: boolean; allowHosts?: string },
): Io {
  const env = {
    ...(flags.commands ? {} : { [noCommandsVariable]: '1' }),
    ...(flags.allowEmulator === true ? { [allowEmulatorVariable]: '1' } : {}),
    ...(flags.allowHosts === undefined ? {} : { [allowHostsVariable]: flags.allowHosts }),
  };
  return Object.keys(env).length === 0 ? io : { ...io, env: { ...io.env, ...env } };
}

export const colorOption = () => new Option('--color <mode>', 'auto, always or never').default('auto');

export const failOnOption = () =>
  new Option(
    '--fail-on <severity>',
    'exit 1 if a consistent check has such a finding: warning, error, critical, never',
  );

/** Flags by topic. The placeholder in angle brackets determines the completion. */
const groups = () => ({
  'What to check:': [
    configOption(),
    new Option('-e, --environment <environment>', 'environment to check'),
    repeatable('--only <participant>', 'only this participant, and the reference (repeatable)'),
    repeatable('--skip <participant>', 'all participants except this one (repeatable)'),
    repeatable('--allow-unreachable <participant>', 'this participant may be unreachable (repeatable)'),
    repeatable('--reach <label>', 'only participants that this network reaches (repeatable)'),
    new Option(
      '--shard <index/count>',
      'only one of several equal shares, for judge, such as 1/3; requires -f observations',
    ),
    new Option('--expect <fingerprint>', 'the right fingerprint, instead of that of the reference'),
  ],
  'How to check:': [
    noCommandsOption(),
    allowHostsOption(),
    allowEmulatorOption(),
    new Option('--no-probes', 'compare fingerprints only'),
    new Option('--no-follow-up', 'no additional attempts after a valid token was rejected'),
    new Option(
      '--controls <list>',
      'invalid tokens to present: all, none, or forged,missing,expired,unsigned,tampered; retired, which all does not include: a token of the previous key, or of that of a version: retired:6',
    ),
    new Option('--timeout <duration>', 'timeout of one request (default 5s)'),
    new Option('--deadline <duration>', 'timeout of the whole check (default 30s)'),
    new Option('--concurrency <n>', 'maximum number of concurrent requests (default 32)'),
    new Option('--wait <duration>', 'repeat the check until it is consistent, at most this long'),
    new Option('--interval <duration>', 'pause between two checks of --wait (default 5s)'),
    new Option('--dry-run', 'list what would be contacted and sent, and exit'),
    new Option('--consecutive <n>', 'consecutive consistent checks that end --wait (default 1)'),
  ],
  'What to print:': [
    repeatable(
      '-f, --format <format[:path]>',
      `${formatNames.join(', ')}; to standard output or a file (repeatable). observations: what was seen, for jwtcheck judge`,
    ),
    failOnOption(),
    colorOption(),
    new Option('-q, --quiet', 'print only the verdict and problems'),
    new Option('-v, --verbose', 'print everything, without folding'),
  ],
});

/** Adds the flags of a check to a command, with exceptions. */
export function checkFlags(command: HelpCommand, without: ReadonlySet<string> = new Set()): HelpCommand {
  return addInGroups(command, groups(), without);
}

/** Adds flags by topic, with exceptions. */
export function addInGroups(
  command: HelpCommand,
  groups: Readonly<Record<string, readonly Option[]>>,
  without: ReadonlySet<string> = new Set(),
): HelpCommand {
  for (const [group, options] of Object.entries(groups)) {
    for (const option of options)
      if (!without.has(option.attributeName())) command.addOption(option.helpGroup(group));
  }
  return command;
}

/** Rejects flags that exclude each other, instead of ignoring one of them. @throws UsageError */
function refuseContradictions(options: Omit<CheckOptions, 'format'>): void {
  const both = (options.only ?? []).filter((name) => options.skip?.includes(name));
  if (both.length > 0)
    throw new UsageError(`--only and --skip name the same participant: ${both.map(quoted).join(', ')}`);
  const asked = options.controls;
  if (!options.probes && asked !== undefined && asked !== 'none')
    throw new UsageError(
      '--no-probes presents no token, so that --controls has no effect: remove one of them',
    );
  if (options.quiet === true && options.verbose === true)
    throw new UsageError('--quiet and --verbose contradict each other: remove one of them');
}

/** Parses the flags that determine how a check runs. @throws UsageError */
export function runOptionsOf(options: Omit<CheckOptions, 'format'>): RunOptions {
  refuseContradictions(options);
  return {
    only: options.only,
    skip: options.skip,
    allowUnreachable: options.allowUnreachable,
    probes: options.probes,
    followUp: options.followUp,
    controls: controlsFlag(options.controls),
    ...(options.reach === undefined ? {} : { part: { shard: null, reach: options.reach } }),
    expect: options.expect,
    failOn: failOnFlag(options.failOn),
    timeoutMs: durationFlag('timeout', options.timeout),
    deadlineMs: durationFlag('deadline', options.deadline),
    concurrency: numberFlag('concurrency', options.concurrency, 1, 10_000),
  };
}

/** Parses the flags of a check. @throws UsageError */
export async function checkFlagsOf(options: CheckOptions, io: Io) {
  if (options.interval !== undefined && options.wait === undefined)
    throw new UsageError('--interval requires --wait');
  const { isFolder, parseFormats, partFileName, partFlags } = await import('./commands/check/run.js');
  const deliveries = parseFormats(options.format ?? []);
  const { shard, reach, dryRun = false } = options;
  const formats = deliveries.map(({ format }) => format);
  const partOptions = partFlags({ shard, reach, formats, dryRun }, io.env);
  if (partOptions.isJudgedLater && options.wait !== undefined)
    throw new UsageError('--wait needs a verdict, and observations have none: remove one of them');
  const inFolder = ({ format, path }: (typeof deliveries)[number]) =>
    path !== null && isFolder(path)
      ? { format, path: `${path}${partFileName(partOptions.part)}` }
      : { format, path };
  return {
    ...runOptionsOf(options),
    ...partOptions,
    config: options.config,
    environment: options.environment,
    deliveries: deliveries.map(inFolder),
    style: styleOf(options, io),
    dryRun,
    waitMs: durationFlag('wait', options.wait),
    intervalMs: durationFlag('interval', options.interval) ?? 5000,
    consecutive: consecutiveFlag(options),
  };
}

function consecutiveFlag({ consecutive, wait }: CheckOptions): number {
  if (consecutive !== undefined && wait === undefined) throw new UsageError('--consecutive requires --wait');
  return numberFlag('consecutive', consecutive, 1, 1000) ?? 1;
}
