import { Argument, Option } from 'commander';
import { UsageError } from '../../../errors.js';
import type { RotateCommand } from '../../../rotate/rotation-plan.js';
import { type ActionOptions, actionFlags, actionGroups } from '../../action-flags.js';
import { addInGroups, collect, ioFor } from '../../check-flags.js';
import { durationFlag } from '../../flags.js';
import { allExits, type CommandContext, type HelpCommand } from '../../help-command.js';
import { longestWaitMs, rotateActions } from './actions.js';

interface RotateOptions extends ActionOptions {
  apply?: boolean;
  wait?: string;
  interval?: string;
  trust?: string[];
  cutover?: boolean;
  verbose?: boolean;
}

export function rotateCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  const command = root
    .command('rotate')
    .description('replace the key without downtime, step by proved step; a dry run without --apply')
    .addArgument(
      new Argument('[action]', 'plan (default), start, next, status, rollback or emergency').default('plan'),
    );
  const quiet = 'only the result and what the gate waits for';
  const print = [new Option('-v, --verbose', 'the annotation as well, as it is written')];
  addInGroups(command, actionGroups('rotate', { how: options(), quiet, print }));
  command
    .describe({
      examples: [
        { line: 'jwtcheck rotate', description: 'what a rotation would do, and whether it may begin' },
        {
          line: 'jwtcheck rotate start --apply',
          description: 'add a version that everyone accepts before anyone signs with it',
        },
        { line: 'jwtcheck rotate status', description: 'where it stands, and what the next step waits for' },
        {
          line: 'jwtcheck rotate next --apply --wait 2h',
          description: 'the next step, as soon as its gate holds',
        },
        {
          line: 'jwtcheck rotate rollback --apply',
          description: 'one step back, as long as nothing is disabled',
        },
        {
          line: 'jwtcheck rotate start --cutover --apply',
          description: 'services hold one key: roll out the new one at once, and measure the downtime',
        },
        {
          line: 'jwtcheck rotate emergency',
          description: 'the key has leaked: what replacing it at once would do, and who is signed out',
        },
      ],
      notes: [
        'The states are idle, staged (services accept the new key), promoted (they sign with it), revoked (they reject the old key) and finished (the old version is disabled). They are kept in the secret itself, in version aliases and an annotation. No service is written to; nothing is ever destroyed.',
        'Each step has a gate, which tokens prove: every verifier, over every probe, with tokens of both keys and with forged ones. All participants are checked; a rotation has no --only and no --skip.',
        'A run that was interrupted at any point is continued by the same command.',
      ],
      exits: allExits,
      exitWords: {
        0: 'done, or allowed',
        1: 'a gate is refuted, or the step is not possible',
        2: 'usage or configuration error, or no such step',
        3: 'not yet, or cannot tell',
      },
    })
    .action(async (action: string, given: RotateOptions) => {
      if (given.interval !== undefined && given.wait === undefined)
        throw new UsageError('--interval is between two checks of --wait: add --wait, or leave it out');
      const chosen = actionOf(action);
      if (given.apply === true && (chosen === 'plan' || chosen === 'status'))
        throw new UsageError(
          `jwtcheck rotate ${chosen} writes nothing: leave --apply out`,
          'jwtcheck rotate start --apply begins a rotation; next, rollback and emergency take --apply, too.',
        );
      if (given.cutover === true && chosen !== 'plan' && chosen !== 'start')
        throw new UsageError(
          `--cutover belongs to the beginning of a rotation: leave it out of jwtcheck rotate ${chosen}`,
        );
      const { rotate } = await import('./run.js');
      setExitCode(
        await rotate(
          {
            ...actionFlags(given, io),
            command: chosen,
            apply: given.apply === true,
            waitMs: durationFlag('wait', given.wait, 1, { most: longestWaitMs, mostText: '7d' }) ?? null,
            intervalMs: durationFlag('interval', given.interval) ?? 5000,
            trusts: given.trust ?? [],
            isCutover: given.cutover === true,
          },
          ioFor(io, given),
        ),
      );
    });
}

/** Of its own. */
const options = (): readonly Option[] => [
  new Option('--apply', 'write and run; without it, only show what would be written and run'),
  new Option('--wait <duration>', 'keep checking until the gate holds, for at most this long (7d at most)'),
  new Option('--interval <duration>', 'between two checks of --wait (default 5s)'),
  new Option(
    '--trust <participant>',
    'a participant that cannot be proved; every report names it (repeatable)',
  ).argParser(collect),
  new Option(
    '--cutover',
    'for services that hold one key: roll out the new one at once, and measure how long valid tokens are rejected',
  ),
];

/** @throws UsageError for an action that there is not */
function actionOf(text: string): RotateCommand {
  const found = rotateActions.find(({ name }) => name === text);
  if (found !== undefined) return found.name;
  throw new UsageError(
    'rotate: there is no such action',
    `Actions: ${rotateActions.map(({ name }) => name).join(', ')}.`,
  );
}
