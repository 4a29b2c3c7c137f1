import { Option } from 'commander';
import { UsageError } from '../../../errors.js';
import type { Io } from '../../../system/io.js';
import { type CheckOptions, checkFlags, checkFlagsOf, collect, ioFor } from '../../check-flags.js';
import { durationFlag, styleOf } from '../../flags.js';
import { type CommandContext, HelpCommand } from '../../help-command.js';

interface ExecOptions extends CheckOptions {
  check?: boolean;
  token?: string[];
  claim?: string[];
  ttl?: string;
}

/** Flags of a check that contradict running a program. */
const without = new Set(['dryRun', 'shard', 'reach']);

/** Flags of a check that are also about reading the reference, or about what is printed. */
const alwaysUsed: ReadonlySet<string> = new Set([
  'config',
  'environment',
  'commands',
  'allowHosts',
  'allowEmulator',
  'timeout',
  'deadline',
  'color',
  'quiet',
]);

/** Where the command of the user stands. */
const usage = 'Write it after --, for example: jwtcheck exec -- npm test';

/** The command `exec`: what stands after the first `--` is the command of the user and is not parsed. */
class ExecCommand extends HelpCommand {
  /** Program and arguments; `null` without `--`. */
  commandLine: readonly string[] | null = null;
  override takesCommand = true;

  override parseOptions(argv: string[]) {
    const at = argv.indexOf('--');
    this.commandLine = at === -1 ? null : argv.slice(at + 1);
    return super.parseOptions(at === -1 ? argv : argv.slice(0, at));
  }
}

export function execCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  const command = new ExecCommand('exec')
    .copyInheritedSettings(root)
    .description('run a command with the right secret, or with a token, in its environment')
    .usage('[options] [env-participant] -- COMMAND...')
    .argument('[env-participant]', 'the participant whose variable gets the secret; default: the only one');
  if (!(command instanceof ExecCommand)) throw new TypeError('commander returned another command');
  const group = 'What the command gets:';
  const options = [
    new Option(
      '--token <variable[=type]>',
      'a token in this variable instead of the secret (repeatable)',
    ).argParser(collect),
    new Option('--claim <name=value>', 'a claim of the tokens; JSON, otherwise text (repeatable)').argParser(
      collect,
    ),
    new Option('--ttl <duration>', 'how long the tokens live, at most 5m (default: token.ttl)'),
    new Option('--check', 'check first; run the command only if the check passes'),
  ];
  for (const option of options) command.addOption(option.helpGroup(group));
  checkFlags(command, without).describe({
    examples: [
      { line: 'jwtcheck exec -- npm test', description: 'tests with the secret of the reference' },
      {
        line: 'jwtcheck exec test_framework --check -- pytest',
        description: 'check the services first; several participants read variables',
      },
      {
        line: 'jwtcheck exec --token E2E_TOKEN -- npx playwright test',
        description: 'the tests get a token, and never the secret',
      },
      {
        line: 'jwtcheck exec --token T=access --claim role=admin --ttl 5m -- go test ./...',
        description: 'a token of a type, with a claim',
      },
    ],
    notes: [
      'The secret is read from the reference and put into the variable that the participant reads first; its other variables are unset. If the reference cannot be read, the command is not started. With --token, no variable contains the secret.',
      'The command runs without a shell, with the standard input and output of jwtcheck; messages of jwtcheck go to standard error. Signals are passed on.',
      'With the exit codes above, the command was not started. Otherwise, the exit code is that of the command: 128+n if signal n ended it, 126 if it cannot be run, 127 if it does not exist.',
    ],
    exits: [1, 2, 3, 4, 130, 143],
    exitWords: {
      1: '--check: inconsistent, or a finding at or above --fail-on',
      2: 'usage or configuration error',
      3: 'the reference could not be read, or --check: inconclusive',
    },
  });
  command.allowExcessArguments().action(async (participant: string | undefined, given: ExecOptions) => {
    const { commandLine, args } = command;
    if (commandLine === null || commandLine.length === 0)
      throw new UsageError('there is no command to run', usage);
    if (args.length > 1) throw new UsageError('there is more than one participant before --', usage);
    refuseUnused(command, given);
    const { exec, readTokenFlags } = await import('./run.js');
    // The report must not be mixed with the output of the command.
    const reportIo = { ...ioFor(io, given), stdout: io.stderr };
    const flags = {
      participant,
      commandLine,
      tokens: readTokenFlags(given.token ?? [], given.claim ?? [], given.ttl),
      check: given.check === true ? await gateOf(given, reportIo) : null,
      config: given.config,
      environment: given.environment,
      timeoutMs: durationFlag('timeout', given.timeout),
      deadlineMs: durationFlag('deadline', given.deadline),
      quiet: styleOf(given, reportIo).quiet,
    };
    setExitCode(await exec(flags, reportIo));
  });
  root.addCommand(command);
}

/** Flags of a check have no effect without one. @throws UsageError */
function refuseUnused(command: HelpCommand, given: ExecOptions): void {
  if (given.check === true) return;
  const own = new Set(['token', 'claim', 'ttl', 'check']);
  const unused = command.options.find((option) => {
    const name = option.attributeName();
    return !own.has(name) && !alwaysUsed.has(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (unused !== undefined)
    throw new UsageError(`${unused.long} has no effect without --check: add --check, or remove it`);
}

/** The flags of the check that must pass. @throws UsageError */
async function gateOf(given: ExecOptions, io: Io) {
  const flags = await checkFlagsOf(given, io);
  if (flags.isJudgedLater)
    throw new UsageError('--check needs a verdict, and observations have none', 'Add another format.');
  return flags;
}
