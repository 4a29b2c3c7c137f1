import { Option } from 'commander';
import { UsageError } from '../../../errors.js';
import { type AskedAction, askedActions } from '../../../fix/action.js';
import { type ActionOptions, actionFlags, actionGroups } from '../../action-flags.js';
import { addInGroups, collect, ioFor } from '../../check-flags.js';
import { durationFlag } from '../../flags.js';
import { allExits, type CommandContext, type HelpCommand } from '../../help-command.js';

interface FixOptions extends ActionOptions {
  apply?: string;
  yes?: boolean;
  allow?: string[];
  wait?: string;
  interval?: string;
}

export function fixCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  const command = root
    .command('fix')
    .description('the plan that would fix what a check finds; a dry run without --apply');
  addInGroups(command, actionGroups('fix', { how: options(), quiet: 'only the result' }));
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
      const onlyWithApply = (['yes', 'allow', 'wait', 'interval'] as const).find(
        (flag) => given[flag] !== undefined && given.apply === undefined,
      );
      if (onlyWithApply !== undefined)
        throw new UsageError(`--${onlyWithApply} belongs to --apply HASH: add that, or leave it out`);
      const { fix } = await import('./run.js');
      setExitCode(
        await fix(
          {
            ...actionFlags(given, io),
            apply: given.apply ?? null,
            yes: given.yes === true,
            allow: (given.allow ?? []).map(askedAction),
            waitMs: durationFlag('wait', given.wait) ?? 120_000,
            intervalMs: durationFlag('interval', given.interval) ?? 2000,
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

/** Of its own. */
const options = (): readonly Option[] => [
  new Option('--apply <hash>', 'carry out the plan with this hash; its first 8 digits are enough'),
  new Option('--yes', 'consent to every action of the plan'),
  new Option('--allow <kind>', 'consent to these actions: new-version or file (repeatable)').argParser(
    collect,
  ),
  new Option('--wait <duration>', 'how long an action may take to show (default 2m)'),
  new Option('--interval <duration>', 'between two checks of --wait (default 2s)'),
];
