import { UsageError } from '../../../errors.js';
import type { ExitCode } from '../../../model.js';
import { quoted } from '../../../schema/path.js';
import type { Io } from '../../../system/io.js';
import { insertable, readLine } from '../../completion/bash-line.js';
import { complete } from '../../completion/complete.js';
import { scripts, shells } from '../../completion/scripts.js';
import type { Candidate, Completion } from '../../completion/values.js';
import type { HelpCommand } from '../../help-command.js';

/** Prints the completion script of a shell. @throws UsageError for an unknown shell */
export async function completion(shell: string, io: Io): Promise<ExitCode> {
  const known = shells.find((name) => name === shell);
  if (known === undefined) {
    throw new UsageError(`completion does not support ${quoted(shell)}`, `Shells: ${shells.join(', ')}.`);
  }
  await io.stdout.write(scripts[known]);
  return 0;
}

/**
 * Prints the candidates at the cursor: `files` and the number of characters before the path, or `words` and one line
 * each. For bash they are escaped for insertion; for other shells a tab and a description follow. Errors, such as an
 * unreadable configuration, yield no candidates: a message would appear in the middle of the command line.
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
    // The next command reports the error.
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
