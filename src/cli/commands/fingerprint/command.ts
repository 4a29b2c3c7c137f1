import { numberFlag } from '../../flags.js';
import { type CommandContext, type HelpCommand, plainExits } from '../../help-command.js';

export function fingerprintCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  root
    .command('fingerprint')
    .description(
      'the fingerprint of a secret from standard input, a variable or a file; never from an argument',
    )
    .option('--env-var <name>', 'take it from this environment variable')
    .option('--file <path>', 'take it from this file, as it is')
    .option('--length <digits>', 'hex digits to print, 8 to 64', '8')
    .describe({
      examples: [
        { line: 'printf %s "$JWT_SECRET" | jwtcheck fingerprint', description: 'of a variable of the shell' },
        { line: 'jwtcheck fingerprint --env-var JWT_SECRET', description: 'of an exported variable' },
        {
          line: 'jwtcheck fingerprint --file jwt.key --length 16',
          description: 'of a file, with more digits',
        },
      ],
      notes: [
        'The first hex digits of SHA-256 over the exact bytes: nothing is trimmed, a newline at the end counts.',
      ],
      exits: plainExits,
    })
    .action(async (options: { envVar?: string; file?: string; length: string }) => {
      const length = numberFlag('length', options.length, 8, 64) ?? 8;
      const { fingerprint } = await import('./run.js');
      setExitCode(await fingerprint({ envVar: options.envVar, file: options.file, length }, io));
    });
}
