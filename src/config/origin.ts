import { stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Origin } from '../report/reporter.js';
import { isReadOnce, nodeOfFile, upward } from './discover.js';
import type { Loaded } from './load.js';
import type { SyntaxNode } from './parse/syntax-tree.js';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Finds the lines of the participants of the environment. The file is read again; if that fails, or the file has
 * changed, the lines are unknown and the check continues.
 */
export async function originOf(
  { file, environment }: Pick<Loaded, 'file' | 'environment'>,
  surroundings: { readonly cwd: string; readonly env: Env },
): Promise<Origin> {
  if (file === null || (await isReadOnce(file))) return { file: null, lineOf: () => null };
  const [shown, lines] = await Promise.all([
    shownPath(file, surroundings),
    linesOf(file, environment).catch(() => new Map<string, number>()),
  ]);
  return { file: shown, lineOf: (participant) => lines.get(participant) ?? null };
}

async function linesOf(file: string, environment: string): Promise<ReadonlyMap<string, number>> {
  const { draft, root } = await nodeOfFile(file);
  let place: SyntaxNode | undefined = draft;
  for (const key of [...root, 'environments', environment, 'participants']) {
    place = entriesOf(place).find((entry) => entry.key === key)?.value;
  }
  return new Map(entriesOf(place).flatMap(({ key, line }) => (line === null ? [] : [[key, line] as const])));
}

const entriesOf = (draft: SyntaxNode | undefined) => (draft?.is === 'object' ? [...draft.entries()] : []);

/**
 * Relative to the root of the repository, as code scanning and annotations require; otherwise relative to the folder
 * of the CI, or the working directory.
 */
async function shownPath(file: string, { cwd, env }: { cwd: string; env: Env }): Promise<string> {
  const bases = [await repositoryOf(file), env.GITHUB_WORKSPACE, cwd];
  for (const base of bases) {
    if (base === undefined || base === '') continue;
    const path = relative(base, file);
    if (path !== '' && path.split(sep)[0] !== '..') return path.split(sep).join('/');
  }
  return file.split(sep).join('/');
}

/** The nearest ancestor folder with `.git`, which is a file in worktrees and submodules. */
async function repositoryOf(file: string): Promise<string | undefined> {
  for (const folder of upward(dirname(file))) {
    const there = await stat(join(folder, '.git')).catch(() => null);
    if (there !== null) return folder;
  }
  return undefined;
}
