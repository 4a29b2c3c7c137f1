import { type CheckOptions, checkFlags, checkFlagsOf, ioFor } from '../../check-flags.js';
import { allExits, type CommandContext, type HelpCommand } from '../../help-command.js';

export function checkCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  root.byDefault = checkFlags(
    root
      .command('check', { isDefault: true })
      .description('check one environment once (the default command)')
      .describe({
        examples: [
          { line: 'jwtcheck', description: 'the default environment' },
          { line: 'jwtcheck -e staging', description: 'another environment' },
          {
            line: 'jwtcheck -q --fail-on warning',
            description: 'in a pipeline: short output, strict result',
          },
          {
            line: 'jwtcheck -f pretty -f json:report.json',
            description: 'text on the terminal, JSON in a file',
          },
          {
            line: 'jwtcheck --wait 2m --interval 10s',
            description: 'after a deploy: until consistent, at most two minutes',
          },
          {
            line: 'jwtcheck --only backend --controls all',
            description: 'one service, with all invalid tokens',
          },
          {
            line: 'jwtcheck --expect 200718bd --no-probes',
            description: 'compare with a known fingerprint',
          },
          {
            line: 'jwtcheck --shard 1/3 -f observations:parts/',
            description: 'one of three runs that share the work, for jwtcheck judge',
          },
        ],
        notes: [
          'jwtcheck explain CODE describes a finding: its meaning, its proof and its fix. jwtcheck explain lists all findings.',
        ],
        exits: allExits,
      }),
  ).action(async (options: CheckOptions) => {
    const { check } = await import('./run.js');
    setExitCode(await check(await checkFlagsOf(options, io), ioFor(io, options)));
  });
}
