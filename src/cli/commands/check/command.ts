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
          { line: 'jwtcheck -e staging', description: 'another one' },
          { line: 'jwtcheck -q --fail-on warning', description: 'in a pipeline: few words, and strict' },
          {
            line: 'jwtcheck -f pretty -f json:report.json',
            description: 'for people here, for programs in a file',
          },
          {
            line: 'jwtcheck --wait 2m --interval 10s',
            description: 'after a deploy: until consistent, two minutes at most',
          },
          {
            line: 'jwtcheck --only backend --controls all',
            description: 'one service, and every token that it must reject',
          },
          {
            line: 'jwtcheck --expect 200718bd --no-probes',
            description: 'compare with a fingerprint that you know',
          },
        ],
        notes: [
          'jwtcheck explain CODE says what a finding means, what proves it and how to fix it; jwtcheck explain lists them all.',
        ],
        exits: allExits,
      }),
  ).action(async (options: CheckOptions) => {
    const { check } = await import('./run.js');
    setExitCode(await check(await checkFlagsOf(options, io), ioFor(io, options)));
  });
}
