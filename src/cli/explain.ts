import { styleOf } from '../flags.js';
import { colorOption } from './check-flags.js';
import type { Page, Running } from './page.js';

export function explainCommand(root: Page, { io, ended }: Running): void {
  root
    .command('explain')
    .description('what a finding means, an example, how to fix it; without a code: the list')
    .argument('[code]')
    .addOption(colorOption())
    .action(async (code: string | undefined, options: { color?: string }) => {
      const [{ explain }, { rules }] = await Promise.all([
        import('../commands/explain.js'),
        import('../judge/rules/index.js'),
      ]);
      const { color, columns } = styleOf(options, io);
      ended(await explain({ color, columns, ...(code === undefined ? {} : { code }) }, rules, io));
    });
}
