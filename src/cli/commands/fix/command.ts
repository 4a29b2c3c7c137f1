import { Option } from 'commander';
import { UsageError } from '../../../errors.js';
import { type AskedAction, askedActions } from '../../../fix/action.js';
import {
  allowEmulatorOption,
  allowHostsOption,
  collect,
  colorOption,
  configOption,
  ioFor,
  noCommandsOption,
} from '../../check-flags.js';
import { durationFlag, numberFlag, styleOf } from '../../flags.js';
import { allExits, type CommandContext, type HelpCommand } from '../../help-command.js';

interface FixOptions {
  config?: string;
  environment?: string;
  commands: boolean;
  allowHosts?: string;
  allowEmulator?: boolean;
  apply?: string;
  yes?: boolean;
  allow?: string[];
  wait?: string;
  interval?: string;
  timeout?: string;
  deadline?: string;
  concurrency?: string;
  format: string;
  color?: string;
  quiet?: boolean;
}

const longestWait = { most: 3_600_000, mostText: '1h' };

export function fixCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  const command = root
    .command('fix')
    .description('the plan that would fix what a check finds; a dry run without --apply');
  for (const [group, option] of options()) command.addOption(option.helpGroup(group));
  command
    .describe({
      examples: [
        {
          line: 'jwtcheck fix',
          description: 'for every finding: the action that would fix it, or why there is none',
        },
        {
          line: 'jwtcheck fix --apply 3f9a0c2b71e4d865',
          description: 'carry out exactly the plan with this hash',
        },
        {
          line: 'jwtcheck fix --apply 3f9a0c2b71e4d865 --allow file',
          description: 'consent to writing files, where there is no terminal',
        },
      ],
      notes: [
        'safe: the rollout of a service, where the evidence proves that a restart is enough. asks: a new version of the secret without a fault of its own, or one entry of a dotenv file; on a terminal each is asked for, elsewhere --yes or --allow is consent. No secret is ever written into a service.',
        'One participant at a time. After each action the environment is checked again; if something got worse, or the finding is still there, nothing else is done, and the way back is printed.',
        'Nothing is planned on an inconclusive check, without a reference, or while a rotation is open. --apply makes the plan again, and refuses if its hash differs.',
      ],
      exits: allExits,
      exitWords: {
        0: 'nothing to do, done, or every finding has an action',
        1: 'something cannot be fixed or got worse, or the plan changed',
        3: 'inconclusive: nothing is planned',
      },
    })
    .action(async (given: FixOptions) => {
      const { format } = given;
      if (format !== 'pretty' && format !== 'json') throw new UsageError('--format takes pretty or json');
      const onlyWithApply = (['yes', 'allow', 'wait', 'interval'] as const).find(
        (flag) => given[flag] !== undefined && given.apply === undefined,
      );
      if (onlyWithApply !== undefined)
        throw new UsageError(`--${onlyWithApply} belongs to --apply HASH: add that, or leave it out`);
      const { fix } = await import('./run.js');
      setExitCode(
        await fix(
          {
            config: given.config,
            environment: given.environment,
            allowEmulator: given.allowEmulator === true,
            apply: given.apply ?? null,
            yes: given.yes === true,
            allow: (given.allow ?? []).map(askedAction),
            waitMs: durationFlag('wait', given.wait, 1, longestWait) ?? 120_000,
            intervalMs: durationFlag('interval', given.interval) ?? 2000,
            timeoutMs: durationFlag('timeout', given.timeout),
            deadlineMs: durationFlag('deadline', given.deadline),
            concurrency: numberFlag('concurrency', given.concurrency, 1, 10_000),
            format,
            style: styleOf(given, io),
          },
          ioFor(io, given),
        ),
      );
    });
}

/** @throws UsageError for an action that there is not */
function askedAction(text: string): AskedAction {
  const found = askedActions.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UsageError(`--allow takes ${askedActions.join(' or ')}`);
}

/** By what they are for. */
function options(): readonly (readonly [string, Option])[] {
  const what = 'What to fix:';
  const how = 'How to fix:';
  const print = 'What to print:';
  return [
    [what, configOption()],
    [what, new Option('-e, --environment <environment>', 'which of its environments')],
    [how, new Option('--apply <hash>', 'carry out the plan with this hash; its first 8 digits are enough')],
    [how, new Option('--yes', 'consent to every action of the plan')],
    [
      how,
      new Option('--allow <kind>', 'consent to these actions: new-version or file (repeatable)').argParser(
        collect,
      ),
    ],
    [how, new Option('--wait <duration>', 'how long an action may take to show (default 2m)')],
    [how, new Option('--interval <duration>', 'between two checks of --wait (default 2s)')],
    [how, noCommandsOption()],
    [how, allowHostsOption()],
    [how, allowEmulatorOption()],
    [how, new Option('--timeout <duration>', 'for one request (default 5s)')],
    [how, new Option('--deadline <duration>', 'for one check (default 30s)')],
    [how, new Option('--concurrency <n>', 'requests under way at once (default 32)')],
    [print, new Option('-f, --format <form>', 'pretty or json').default('pretty')],
    [print, colorOption()],
    [print, new Option('-q, --quiet', 'only the result')],
  ];
}
