import { type CommandContext, type HelpCommand, plainExits } from '../../help-command.js';

export function completionCommands(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  root
    .command('completion')
    .description('print a script that completes commands, flags and configured names in a shell')
    .argument('<shell>', 'bash, zsh or fish')
    .describe({
      examples: [
        { line: 'eval "$(jwtcheck completion bash)"', description: 'in ~/.bashrc' },
        { line: 'eval "$(jwtcheck completion zsh)"', description: 'in ~/.zshrc, after compinit' },
        { line: 'jwtcheck completion fish | source', description: 'in ~/.config/fish/config.fish' },
      ],
      notes: ['Names of environments and participants come from the nearest configuration.'],
      exits: plainExits,
    })
    .action(async (shell: string) => {
      const { completion } = await import('./run.js');
      setExitCode(await completion(shell, io));
    });
  root
    .command('__complete', { hidden: true })
    .description('print candidates at the cursor; called by the completion scripts')
    .argument('<shell>')
    .argument('[words...]')
    .action(async (shell: string, words: string[]) => {
      const { offer } = await import('./run.js');
      setExitCode(await offer(root, shell, words, io));
    });
}
