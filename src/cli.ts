import { Command, Option } from 'commander';
import { controlsFlag, durationFlag, failOnFlag, numberFlag, styleOf } from './flags.js';
import type { Io } from './io.js';
import { exitCodes } from './judge/exit-code.js';
import type { ExitCode } from './model.js';
import { version } from './version.js';

interface CheckOptions {
  config?: string;
  environment?: string;
  format?: string[];
  only?: string[];
  skip?: string[];
  allowUnreachable?: string[];
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
  color?: string;
  quiet?: boolean;
  verbose?: boolean;
}

const examples = `
Examples:
  jwtcheck                                check the default environment
  jwtcheck -e staging -f json             one JSON document on standard output
  jwtcheck -e staging --wait 2m           after a deploy: until consistent, two minutes at most
  jwtcheck demo hard-coded-fallback       see a broken system, and what jwtcheck says of it
  printf %s "$JWT_SECRET" | jwtcheck fingerprint
  jwtcheck explain trailing-newline`;

const exits = `
Exit codes:
${Object.entries(exitCodes)
  .map(([code, meaning]) => `  ${code.padEnd(4)}${meaning}`)
  .join('\n')}`;

/** The program: its commands and flags. What they do is loaded when they are called. */
export function program(io: Io, ended: (code: ExitCode) => void): Command {
  const root = new Command('jwtcheck')
    .description(
      'Checks that every service of an environment holds the same JWT secret, and names the cause where not.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .addHelpText('after', `${examples}\n\nThe flags of a check: jwtcheck check --help\n${exits}`);

  checkFlags(
    root
      .command('check', { isDefault: true })
      .description('check one environment once (the default command)'),
  )
    .addHelpText('after', exits)
    .action(async (options: CheckOptions) => {
      const { check } = await import('./commands/check.js');
      ended(await check(await checkFlagsOf(options, io), io));
    });

  checkFlags(
    root
      .command('demo')
      .description(
        'the whole system on this machine: embedded Secret Manager and services; then a real check',
      )
      .argument('[scenario]', 'what to break; see --list')
      .option('--list', 'list the scenarios')
      .option('--keep', 'leave the services up, and print how to check them'),
    new Set(['config', 'environment', 'wait', 'interval']),
  ).action(
    async (scenario: string | undefined, options: CheckOptions & { list?: boolean; keep?: boolean }) => {
      const [{ demo }, { check }] = await Promise.all([
        import('./commands/demo.js'),
        import('./commands/check.js'),
      ]);
      const flags = await checkFlagsOf(options, io);
      const run = ({ config, environment, env }: { config: string; environment: string; env: Io['env'] }) =>
        check({ ...flags, config, environment }, { ...io, env });
      const { list = false, keep = false } = options;
      ended(await demo({ list, keep, ...(scenario === undefined ? {} : { scenario }) }, io, run));
    },
  );

  root
    .command('explain')
    .description('what a finding means, an example, how to fix it; without a code: the list')
    .argument('[code]')
    .addOption(colorOption())
    .action(async (code: string | undefined, options: { color?: string }) => {
      const [{ explain }, { rules }] = await Promise.all([
        import('./commands/explain.js'),
        import('./judge/rules/index.js'),
      ]);
      const { color, columns } = styleOf(options, io);
      ended(await explain({ color, columns, ...(code === undefined ? {} : { code }) }, rules, io));
    });

  root
    .command('fingerprint')
    .description(
      'the fingerprint of a secret from standard input, a variable or a file; never from an argument',
    )
    .option('--env-var <name>', 'take it from this environment variable')
    .option('--file <path>', 'take it from this file, as it is')
    .option('--length <digits>', 'hex digits to print, 8 to 64', '8')
    .action(async (options: { envVar?: string; file?: string; length: string }) => {
      const length = numberFlag('length', options.length, 8, 64) ?? 8;
      const { fingerprint } = await import('./commands/fingerprint.js');
      ended(await fingerprint({ envVar: options.envVar, file: options.file, length }, io));
    });

  configCommands(root, io, ended);
  return root;
}

function configCommands(root: Command, io: Io, ended: (code: ExitCode) => void): void {
  const config = root.command('config').description('look at the configuration: validate, show or schema');
  const withFile = (command: Command): Command =>
    command
      .option('-c, --config <path>', 'the configuration; default: found upward from here')
      .option('-e, --environment <name>', 'only this environment');
  withFile(config.command('validate').description('tell every problem at once')).action(
    async (options: { config?: string; environment?: string }) => {
      const { configValidate } = await import('./commands/config.js');
      ended(await configValidate(options, io));
    },
  );
  withFile(
    config.command('show').description('the configuration in effect; nothing expanded is shown'),
  ).action(async (options: { config?: string; environment?: string }) => {
    const { configShow } = await import('./commands/config.js');
    ended(await configShow(options, io));
  });
  config
    .command('schema')
    .description('the JSON Schema of the configuration')
    .action(async () => {
      const { configSchemaCommand } = await import('./commands/config.js');
      ended(await configSchemaCommand({}, io));
    });
}

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

const colorOption = () => new Option('--color <when>', 'auto, always or never').default('auto');

function checkFlags(command: Command, without: ReadonlySet<string> = new Set()): Command {
  const options = [
    new Option('-c, --config <path>', 'the configuration; default: found upward from here'),
    new Option('-e, --environment <name>', 'which of its environments'),
    new Option(
      '-f, --format <name[:path]>',
      'pretty or json, to standard output or a file (repeatable)',
    ).argParser(collect),
    new Option('--only <name>', 'only this participant, and the reference (repeatable)').argParser(collect),
    new Option('--skip <name>', 'all but this participant (repeatable)').argParser(collect),
    new Option('--allow-unreachable <name>', 'this participant may be away (repeatable)').argParser(collect),
    new Option('--no-probes', 'compare fingerprints only'),
    new Option('--no-follow-up', 'no extra attempts after a good token was refused'),
    new Option(
      '--controls <list>',
      'tokens that must be refused: all, none, or forged,missing,expired,unsigned,tampered',
    ),
    new Option('--expect <fingerprint>', 'this fingerprint is right, whatever the reference holds'),
    new Option(
      '--fail-on <severity>',
      'exit 1 on such a finding even where all agree: warning, error, critical, never',
    ),
    new Option('--timeout <duration>', 'for one request (default 5s)'),
    new Option('--deadline <duration>', 'for the whole check (default 30s)'),
    new Option('--concurrency <n>', 'requests under way at once (default 32)'),
    new Option('--wait <duration>', 'check again until consistent, for so long at most'),
    new Option('--interval <duration>', 'between two checks of --wait (default 5s)'),
    colorOption(),
    new Option('-q, --quiet', 'only the verdict and what is wrong'),
    new Option('-v, --verbose', 'fold nothing; every attempt'),
  ];
  for (const option of options) if (!without.has(option.attributeName())) command.addOption(option);
  return command;
}

async function checkFlagsOf(options: CheckOptions, io: Io) {
  const { parseFormats } = await import('./commands/deliver.js');
  return {
    config: options.config,
    environment: options.environment,
    deliveries: parseFormats(options.format ?? []),
    style: styleOf(options, io),
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
    waitMs: durationFlag('wait', options.wait),
    intervalMs: durationFlag('interval', options.interval) ?? 5000,
  };
}
