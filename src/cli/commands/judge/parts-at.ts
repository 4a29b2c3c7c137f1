import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../../../errors.js';
import { type NamedPart, type PartProblem, readParts } from '../../../parts/read-part.js';
import { quoted } from '../../../schema/path.js';
import { codeOf } from '../../../system/error-code.js';
import type { Io } from '../../../system/io.js';
import { readFileBytes, readStream } from '../../../system/read-input.js';

/** Maximum size of one file, in bytes: more than 50,000 participants need. */
const largest = 256 * 1024 * 1024;

const standardInput = '-';

/**
 * Reads parts from files, from the `*.json` of folders, and from standard input.
 * @throws UsageError that names every document that cannot be used
 */
export async function partsAt(paths: readonly string[], io: Io): Promise<[NamedPart, ...NamedPart[]]> {
  const parts: NamedPart[] = [];
  const problems: PartProblem[] = [];
  for (const path of await filesOf(paths, io)) {
    const name = path === standardInput ? 'standard input' : path;
    // One after the other, so that the text of only one is in memory.
    for (const read of readParts(await textOf(path, io)))
      if (read.ok) parts.push({ path: name, part: read.part });
      else problems.push({ path: name, message: read.message });
  }
  if (problems.length > 0) throw unusable(problems);
  const [first, ...rest] = parts;
  if (first === undefined) throw new UsageError('there is no part', 'Name at least one file.');
  return [first, ...rest];
}

/** Says which documents cannot be used, each with its path. */
export function unusable(problems: readonly PartProblem[]): UsageError {
  return new UsageError(problems.map(({ path, message }) => `${quoted(path)} ${message}`).join('; '));
}

/** Each file once, in the order in which they are named. */
async function filesOf(paths: readonly string[], { cwd }: Pick<Io, 'cwd'>): Promise<string[]> {
  const files = new Map<string, string>();
  for (const path of paths) {
    if (path === standardInput) {
      files.set(path, path);
      continue;
    }
    const absolute = resolve(cwd, path);
    const there = await stat(absolute).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (!there.isDirectory()) {
      files.set(absolute, path);
      continue;
    }
    const names = (await readdir(absolute)).filter((name) => name.endsWith('.json')).sort();
    if (names.length === 0)
      throw new UsageError(`${quoted(path)} is a folder without *.json`, 'Name the folder of the parts.');
    for (const name of names) files.set(join(absolute, name), join(path, name));
  }
  return [...files.values()];
}

async function textOf(path: string, io: Io): Promise<string> {
  const bytes =
    path === standardInput
      ? await readStream(io.stdin, io.signal, largest, (error) => unreadable('standard input', error))
      : await readFileBytes(resolve(io.cwd, path), io.signal, largest, (error) => unreadable(path, error));
  if (bytes.length > largest)
    throw new UsageError(`${quoted(path)} is over ${largest / 1024 / 1024} MiB: no part is that large`);
  return bytes.toString('utf8');
}

function unreadable(path: string, error: unknown): UsageError {
  const code = codeOf(error);
  return new UsageError(`${quoted(path)} cannot be read${code === null ? '' : ` (${code})`}`);
}
