import { colorOption } from '../../check-flags.js';
import { plainExits } from '../../exits.js';
import { styleOf } from '../../flags.js';
import type { Page, Running } from '../../help-command.js';

export function explainCommand(root: Page, { io, ended }: Running): void {
  root
    .command('explain')
    .description('what a finding means, an example, how to fix it; without a code: the list')
    .argument('[code]', 'the code of a finding, or a part of it')
    .addOption(colorOption())
    .teach({
      examples: [
        { line: 'jwtcheck explain', says: 'every finding, by family' },
        { line: 'jwtcheck explain trailing-newline', says: 'what it means, and how to fix it' },
      ],
      exits: plainExits,
    })
    .action(async (code: string | undefined, options: { color?: string }) => {
      const [{ explain }, { rules }] = await Promise.all([
        import('./run.js'),
        import('../../../judge/rules/index.js'),
      ]);
      const { color, columns } = styleOf(options, io);
      ended(await explain({ color, columns, ...(code === undefined ? {} : { code }) }, rules, io));
    });
}
