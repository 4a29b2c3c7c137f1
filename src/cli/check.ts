import { type CheckOptions, checkFlags, checkFlagsOf } from './check-flags.js';
import type { Page, Running } from './page.js';

export function checkCommand(root: Page, { io, ended }: Running): void {
  checkFlags(
    root
      .command('check', { isDefault: true })
      .description('check one environment once (the default command)'),
  ).action(async (options: CheckOptions) => {
    const { check } = await import('../commands/check.js');
    ended(await check(await checkFlagsOf(options, io), io));
  });
}
