import { colorOption } from '../../check-flags.js';
import { styleOf } from '../../flags.js';
import { type CommandContext, type HelpCommand, plainExits } from '../../help-command.js';

export function explainCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  root
    .command('explain')
    .description('explain a finding, with an example and its fix; without a code: list all findings')
    .argument('[code]', 'code of a finding, or a part of it')
    .addOption(colorOption())
    .describe({
      examples: [
        { line: 'jwtcheck explain', description: 'all findings, by family' },
        { line: 'jwtcheck explain trailing-newline', description: 'its meaning, and its fix' },
      ],
      exits: plainExits,
    })
    .action(async (code: string | undefined, options: { color?: string }) => {
      const { explain, rules } = await import('./run.js');
      const { color, columns } = styleOf(options, io);
      setExitCode(await explain({ color, columns, ...(code === undefined ? {} : { code }) }, rules, io));
    });
}
