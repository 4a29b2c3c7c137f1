import { UsageError } from '../../../errors.js';
import type { ExitCode } from '../../../model.js';
import { quoted } from '../../../schema/path.js';
import type { Io } from '../../../system/io.js';
import { insertable, readLine } from '../../completion/bash-line.js';
import type { Candidate, Completion } from '../../completion/candidate.js';
import { complete } from '../../completion/complete.js';
import { scripts, shells } from '../../completion/scripts.js';
import type { HelpCommand } from '../../help-command.js';

/** Prints what a shell has to run for its completion. @throws UsageError for a shell that there is not */
export async function completion(shell: string, io: Io): Promise<ExitCode> {
  const known = shells.find((name) => name === shell);
  if (known === undefined) {
    throw new UsageError(`there is no completion for ${quoted(shell)}`, `Shells: ${shells.join(', ')}.`);
  }
  await io.stdout.write(scripts[known]);
  return 0;
}

/**
 * Prints what could stand at the cursor: `files` and how much of the word stands before the path, or `words` and a
 * line for each. For bash ready to be inserted, elsewhere with what it means after a tab. Whatever is wrong, such as a
 * configuration that cannot be read, is nothing to complete: a word about it would land in the middle of a line.
 */
export async function offer(
  root: HelpCommand,
  shell: string,
  given: readonly string[],
  io: Io,
): Promise<ExitCode> {
  try {
    await io.stdout.write(
      shell === 'bash' ? await forBash(root, given, io) : await forOthers(root, given, io),
    );
  } catch {
    // Told by whatever command is run next.
  }
  return 0;
}

async function forBash(
  root: HelpCommand,
  [breaks = '', text = '']: readonly string[],
  io: Io,
): Promise<string> {
  const line = readLine(text, breaks);
  const found = await complete(root, line.words.slice(1), io);
  return written(found, ({ value }) => insertable(value, line));
}

async function forOthers(root: HelpCommand, words: readonly string[], io: Io): Promise<string> {
  const found = await complete(root, words, io);
  return written(found, ({ value, description }) =>
    description === '' ? value : `${value}\t${description}`,
  );
}

function written(found: Completion, line: (candidate: Candidate) => string): string {
  if (found.is === 'files') return `files ${Array.from(found.prefix).length}\n`;
  if (found.is === 'command') return 'command\n';
  return `${['words', ...found.candidates.map(line)].join('\n')}\n`;
}
