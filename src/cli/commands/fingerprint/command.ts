import { numberFlag } from '../../flags.js';
import { type CommandContext, type HelpCommand, plainExits } from '../../help-command.js';

export function fingerprintCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  root
    .command('fingerprint')
    .description('print the fingerprint of a secret from standard input, a variable or a file')
    .option('--env-var <name>', 'read this environment variable')
    .option('--file <path>', 'read this file, unchanged')
    .option('--length <digits>', 'number of hex digits to print, 8 to 64', '8')
    .describe({
      examples: [
        { line: 'printf %s "$JWT_SECRET" | jwtcheck fingerprint', description: 'a variable of the shell' },
        { line: 'jwtcheck fingerprint --env-var JWT_SECRET', description: 'an exported variable' },
        {
          line: 'jwtcheck fingerprint --file jwt.key --length 16',
          description: 'a file, with more digits',
        },
      ],
      notes: [
        'The fingerprint is the first hex digits of SHA-256 over the exact bytes: nothing is trimmed, and a trailing newline counts. A secret is never read from an argument.',
      ],
      exits: plainExits,
    })
    .action(async (options: { envVar?: string; file?: string; length: string }) => {
      const length = numberFlag('length', options.length, 8, 64) ?? 8;
      const { fingerprint } = await import('./run.js');
      setExitCode(await fingerprint({ envVar: options.envVar, file: options.file, length }, io));
    });
}
