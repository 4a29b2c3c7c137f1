import { colorOption } from '../../check-flags.js';
import { styleOf } from '../../flags.js';
import { type CommandContext, type HelpCommand, plainExits } from '../../help-command.js';

export function explainCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  root
    .command('explain')
    .description('what a finding means, an example, how to fix it; without a code: the list')
    .argument('[code]', 'the code of a finding, or a part of it')
    .addOption(colorOption())
    .describe({
      examples: [
        { line: 'jwtcheck explain', description: 'every finding, by family' },
        { line: 'jwtcheck explain trailing-newline', description: 'what it means, and how to fix it' },
      ],
      exits: plainExits,
    })
    .action(async (code: string | undefined, options: { color?: string }) => {
      const { explain, rules } = await import('./run.js');
      const { color, columns } = styleOf(options, io);
      setExitCode(await explain({ color, columns, ...(code === undefined ? {} : { code }) }, rules, io));
    });
}
