import { constants } from 'node:fs';
import { access, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../../../errors.js';
import { type FormatName, formatNames, pointing } from '../../../report/format-names.js';
import { quoted } from '../../../schema/path.js';
import { didYouMean } from '../../../schema/suggest.js';
import { codeOf } from '../../../system/error-code.js';
import type { Io } from '../../../system/io.js';
import { makeFolder } from '../../../system/make-folder.js';
import {
  createFile,
  leadsOut,
  rewriteFile,
  temporaryName,
  writeThrough,
} from '../../../system/write-file.js';

/** A format, and the file it goes to; standard output where `path` is `null`. */
export interface Delivery {
  readonly format: FormatName;
  readonly path: string | null;
}

const isFormat = (name: string): name is FormatName => formatNames.some((known) => known === name);

/**
 * Reads `--format NAME[:PATH]`, given any number of times.
 * @throws UsageError for a format that there is not, and for two reports on standard output
 */
export function parseFormats(given: readonly string[]): Delivery[] {
  const deliveries = (given.length === 0 ? ['pretty'] : given).map((text): Delivery => {
    const [name = '', ...rest] = text.split(':');
    const path = rest.join(':');
    if (!isFormat(name)) {
      const guess = didYouMean(name, formatNames);
      throw new UsageError(
        `--format: there is no format ${quoted(name)}${guess}`,
        `Formats: ${formatNames.join(', ')}.`,
      );
    }
    if (text.includes(':') && path === '') throw new UsageError(`--format ${name}: no path after the colon`);
    if (/[\\/]$/.test(path)) throw new UsageError(`--format: ${quoted(path)} names a folder, not a file`);
    return { format: name, path: path === '' ? null : path };
  });
  if (deliveries.filter((d) => d.path === null).length > 1) {
    throw new UsageError(
      '--format: only one report can go to standard output',
      'Give the others a path: json:report.json',
    );
  }
  return deliveries;
}

/** A report that can be written. */
export interface Target {
  readonly format: FormatName;
  /** Absolute path; `null` for standard output. */
  readonly path: string | null;
  /** Where it is written first, so that it is there whole or not at all; `null` for what is no regular file. */
  readonly partial: string | null;
}

/**
 * Makes sure, before anything is checked, that every report can be written.
 * @throws UsageError for one that cannot
 */
export async function prepare(deliveries: readonly Delivery[], io: Pick<Io, 'cwd'>): Promise<Target[]> {
  const targets: Target[] = [];
  try {
    for (const { format, path } of deliveries) {
      const target = path === null ? toOutput(format) : await toFile(format, resolve(io.cwd, path), io.cwd);
      const isTaken = path !== null && targets.some((other) => other.path === target.path);
      // First, so that what was made for it is taken away too.
      targets.push(target);
      if (isTaken) throw new UsageError(`--format: two reports would go to ${target.path}`);
    }
    return targets;
  } catch (error) {
    await abandon(targets);
    throw error;
  }
}

const toOutput = (format: FormatName): Target => ({ format, path: null, partial: null });

/** What the process has open already, whatever it is. */
const ownOutput = /^\/(?:dev\/(?:stdout|stderr|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/** The folder on the way to a path that is there. */
async function nearestFolder(path: string): Promise<string> {
  const folder = dirname(path);
  const there = await stat(folder).catch(() => null);
  return there === null && folder !== path ? nearestFolder(folder) : folder;
}

async function toFile(format: FormatName, path: string, cwd: string): Promise<Target> {
  return orExplain(path, async () => {
    const there = await stat(path).catch(() => null);
    if (there?.isDirectory()) throw new UsageError(`--format: ${path} is a folder`, 'Name a file in it.');
    // A device or a pipe is written to; a file put in its place would take it away from everybody.
    if (there !== null && (!there.isFile() || ownOutput.test(path))) {
      await access(path, constants.W_OK);
      return { format, path, partial: null };
    }
    // In a checkout a link may be anybody's, and lead to a file of the user who checks.
    if (await leadsOut(there === null ? await nearestFolder(path) : path, cwd))
      throw new UsageError(
        `--format: ${path} is a link that leads elsewhere, or lies behind one`,
        'Remove the link, or name the file that it leads to.',
      );
    await makeFolder(dirname(path));
    // What a link leads to is replaced, not the link.
    const target = there === null ? path : await realpath(path);
    const partial = temporaryName(target, 'part');
    await createFile(partial, '');
    return { format, path: target, partial };
  });
}

/** Writes a report to its file, which is there whole or not at all. @throws UsageError that names the path */
export async function fill(
  { path, partial }: Target & { readonly path: string },
  text: string,
): Promise<void> {
  await orExplain(path, async () => {
    if (partial === null) return writeThrough(path, text);
    await rewriteFile(partial, text);
    await rename(partial, path);
  });
}

/** Takes away what `prepare` left, where there is no report to write. */
export async function abandon(targets: readonly Target[]): Promise<void> {
  for (const { partial } of targets) if (partial !== null) await rm(partial, { force: true }).catch(() => {});
}

/** Whether a format among them points at lines of the configuration. */
export function pointsAtLines(targets: readonly Target[]): boolean {
  return targets.some(({ format }) => pointing.has(format));
}

/** What `write` does. @throws UsageError that names the path, where it fails */
async function orExplain<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = codeOf(error);
    const reason = code === null ? '' : ` (${code})`;
    throw new UsageError(
      `--format: cannot write ${path}${reason}`,
      'Check that the folder may be written to.',
    );
  }
}
