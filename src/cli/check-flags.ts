import { Option } from 'commander';
import type { RunOptions } from '../check/session.js';
import { allowEmulatorVariable, allowHostsVariable, noCommandsVariable } from '../config/trust-variables.js';
import { UsageError } from '../errors.js';
import { formatNames } from '../report/format-names.js';
import { quoted } from '../schema/path.js';
import type { Io } from '../system/io.js';
import { controlsFlag, durationFlag, failOnFlag, numberFlag, styleOf } from './flags.js';
import type { HelpCommand } from './help-command.js';

/** The flags of a check as commander hands them over. */
export interface CheckOptions {
  config?: string;
  environment?: string;
  format?: string[];
  only?: string[];
  skip?: string[];
  allowUnreachable?: string[];
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

/** The parser of a flag that may be given any number of times. */
export const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

const repeatable = (flags: string, description: string) => new Option(flags, description).argParser(collect);

export const configOption = () =>
  new Option('-c, --config <path>', 'the configuration; default: found upward from here');

export const noCommandsOption = () =>
  new Option(
    '--no-commands',
    'reject a configuration that runs programs; JWTCHECK_NO_COMMANDS=1 is the same',
  );

export const allowEmulatorOption = () =>
  new Option(
    '--allow-emulator',
    'in CI, too: an emulator of Secret Manager; JWTCHECK_ALLOW_EMULATOR=1 is the same',
  );

export const allowHostsOption = () =>
  new Option(
    '--allow-hosts <list>',
    'reject a configuration that contacts other hosts: api.example.com,*.example.com; JWTCHECK_ALLOW_HOSTS is the same',
  );

/** The surroundings in which the configuration is read: these flags stand for variables. */
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

/** By what they are for; the words between < > name what completes them. */
const groups = () => ({
  'What to check:': [
    configOption(),
    new Option('-e, --environment <environment>', 'which of its environments'),
    repeatable('--only <participant>', 'only this participant, and the reference (repeatable)'),
    repeatable('--skip <participant>', 'all but this participant (repeatable)'),
    repeatable('--allow-unreachable <participant>', 'this participant may be unreachable (repeatable)'),
    new Option('--expect <fingerprint>', 'the right fingerprint, whatever the reference holds'),
  ],
  'How to check:': [
    noCommandsOption(),
    allowHostsOption(),
    allowEmulatorOption(),
    new Option('--no-probes', 'compare fingerprints only'),
    new Option('--no-follow-up', 'no extra attempts after a valid token was rejected'),
    new Option(
      '--controls <list>',
      'tokens that must be rejected: all, none, or forged,missing,expired,unsigned,tampered',
    ),
    new Option('--timeout <duration>', 'for one request (default 5s)'),
    new Option('--deadline <duration>', 'for the whole check (default 30s)'),
    new Option('--concurrency <n>', 'requests under way at once (default 32)'),
    new Option('--wait <duration>', 'check again until consistent, for at most this long'),
    new Option('--interval <duration>', 'between two checks of --wait (default 5s)'),
    new Option('--dry-run', 'list every address that would be contacted, and what would be sent there'),
    new Option('--consecutive <n>', 'consistent checks in a row that end --wait (default 1)'),
  ],
  'What to print:': [
    repeatable(
      '-f, --format <format[:path]>',
      `${formatNames.join(', ')}; to standard output or a file (repeatable)`,
    ),
    new Option(
      '--fail-on <severity>',
      'exit 1 on such a finding even where all agree: warning, error, critical, never',
    ),
    colorOption(),
    new Option('-q, --quiet', 'only the verdict and what is wrong'),
    new Option('-v, --verbose', 'fold nothing; every attempt'),
  ],
});

/** Gives a command the flags of a check, but for some. */
export function checkFlags(command: HelpCommand, without: ReadonlySet<string> = new Set()): HelpCommand {
  for (const [group, options] of Object.entries(groups())) {
    for (const option of options)
      if (!without.has(option.attributeName())) command.addOption(option.helpGroup(group));
  }
  return command;
}

/** Flags that exclude each other: together they would be answered by silence. @throws UsageError */
function refuseContradictions(options: Omit<CheckOptions, 'format'>): void {
  const both = (options.only ?? []).filter((name) => options.skip?.includes(name));
  if (both.length > 0)
    throw new UsageError(`--only and --skip name the same participant: ${both.map(quoted).join(', ')}`);
  const asked = options.controls;
  if (!options.probes && asked !== undefined && asked !== 'none')
    throw new UsageError(
      '--no-probes presents no token, so that --controls has no effect: leave one of them out',
    );
  if (options.quiet === true && options.verbose === true)
    throw new UsageError('--quiet and --verbose contradict each other: leave one of them out');
}

/** What the flags say of how a check is carried out. @throws UsageError */
export function runOptionsOf(options: Omit<CheckOptions, 'format'>): RunOptions {
  refuseContradictions(options);
  return {
    only: options.only,
    skip: options.skip,
    allowUnreachable: options.allowUnreachable,
    probes: options.probes,
    followUp: options.followUp,
    controls: controlsFlag(options.controls),
    expect: options.expect,
    failOn: failOnFlag(options.failOn),
    timeoutMs: durationFlag('timeout', options.timeout),
    deadlineMs: durationFlag('deadline', options.deadline),
    concurrency: numberFlag('concurrency', options.concurrency, 1, 10_000),
  };
}

/** The flags of a check, read. @throws UsageError */
export async function checkFlagsOf(options: CheckOptions, io: Io) {
  if (options.interval !== undefined && options.wait === undefined)
    throw new UsageError('--interval is between two checks of --wait: add --wait, or leave it out');
  const { parseFormats } = await import('./commands/check/run.js');
  return {
    ...runOptionsOf(options),
    config: options.config,
    environment: options.environment,
    deliveries: parseFormats(options.format ?? []),
    style: styleOf(options, io),
    dryRun: options.dryRun === true,
    waitMs: durationFlag('wait', options.wait),
    intervalMs: durationFlag('interval', options.interval) ?? 5000,
    consecutive: consecutiveFlag(options),
  };
}

function consecutiveFlag({ consecutive, wait }: CheckOptions): number {
  if (consecutive !== undefined && wait === undefined) throw new UsageError('--consecutive needs --wait');
  return numberFlag('consecutive', consecutive, 1, 1000) ?? 1;
}
