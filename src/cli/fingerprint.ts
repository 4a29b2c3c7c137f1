import { numberFlag } from '../flags.js';
import type { Page, Running } from './page.js';

export function fingerprintCommand(root: Page, { io, ended }: Running): void {
  root
    .command('fingerprint')
    .description(
      'the fingerprint of a secret from standard input, a variable or a file; never from an argument',
    )
    .option('--env-var <name>', 'take it from this environment variable')
    .option('--file <path>', 'take it from this file, as it is')
    .option('--length <digits>', 'hex digits to print, 8 to 64', '8')
    .action(async (options: { envVar?: string; file?: string; length: string }) => {
      const length = numberFlag('length', options.length, 8, 64) ?? 8;
      const { fingerprint } = await import('../commands/fingerprint.js');
      ended(await fingerprint({ envVar: options.envVar, file: options.file, length }, io));
    });
}
