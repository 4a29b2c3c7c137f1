import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../../../errors.js';
import {
  formatNames,
  type OutputFormat,
  observationsFormat,
  pointing,
} from '../../../report/format-names.js';
import { quoted } from '../../../schema/path.js';
import { didYouMean } from '../../../schema/suggest.js';
import { codeOf } from '../../../system/error-code.js';
import {
  leadsOut,
  makeFolder,
  type PreparedFile,
  prepareFile,
  writeThrough,
  writeToDevice,
} from '../../../system/files.js';
import type { Io } from '../../../system/io.js';

/** A format and its file; standard output if `path` is `null`. */
export interface Delivery<Format extends OutputFormat = OutputFormat> {
  readonly format: Format;
  readonly path: string | null;
}

/** The formats of a check. */
const checkFormats: readonly OutputFormat[] = [...formatNames, observationsFormat];

/** Whether a path is written as that of a folder. */
export const isFolder = (path: string): boolean => /[\\/]$/.test(path);

/**
 * Parses `--format NAME[:PATH]`, which is repeatable.
 * @throws UsageError for an unknown format, and for two reports on standard output
 */
export function parseFormats(given: readonly string[]): Delivery[] {
  return parseFormatsOf(checkFormats, given);
}

/** The same with these formats only. */
export function parseFormatsOf<Format extends OutputFormat>(
  formats: readonly Format[],
  given: readonly string[],
): Delivery<Format>[] {
  const deliveries = (given.length === 0 ? ['pretty'] : given).map((text): Delivery<Format> => {
    const [name = '', ...rest] = text.split(':');
    const path = rest.join(':');
    const format = formats.find((known) => known === name);
    if (format === undefined) {
      const guess = didYouMean(name, formats);
      throw new UsageError(
        `--format: unknown format ${quoted(name)}${guess}`,
        `Formats: ${formats.join(', ')}.`,
      );
    }
    if (text.includes(':') && path === '') throw new UsageError(`--format ${name}: no path after the colon`);
    if (isFolder(path) && format !== observationsFormat)
      throw new UsageError(`--format: ${quoted(path)} is a folder, not a file`);
    return { format, path: path === '' ? null : path };
  });
  if (deliveries.filter((d) => d.path === null).length > 1) {
    throw new UsageError(
      '--format: only one report can go to standard output',
      'Add a path to the others: json:report.json',
    );
  }
  return deliveries;
}

/** A prepared target of a report. */
export interface Target {
  readonly format: OutputFormat;
  /** Absolute path; `null` for standard output. */
  readonly path: string | null;
  /** The prepared file of an atomic write; `null` if the target is no regular file. */
  readonly file: PreparedFile | null;
}

/**
 * Ensures before the check that every report can be written.
 * @throws UsageError if one cannot
 */
export async function prepare(deliveries: readonly Delivery[], io: Pick<Io, 'cwd'>): Promise<Target[]> {
  const targets: Target[] = [];
  try {
    for (const { format, path } of deliveries) {
      const target = path === null ? toOutput(format) : await toFile(format, resolve(io.cwd, path), io.cwd);
      const isTaken = path !== null && targets.some((other) => other.path === target.path);
      // Added first, so that its temporary file is removed on an error.
      targets.push(target);
      if (isTaken) throw new UsageError(`--format: two reports have the same file: ${target.path}`);
    }
    return targets;
  } catch (error) {
    await abandon(targets);
    throw error;
  }
}

const toOutput = (format: OutputFormat): Target => ({ format, path: null, file: null });

/** Paths of file descriptors that the process has open. */
const ownOutput = /^\/(?:dev\/(?:stdout|stderr|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/** The nearest existing folder of a path. */
async function nearestFolder(path: string): Promise<string> {
  const folder = dirname(path);
  const there = await stat(folder).catch(() => null);
  return there === null && folder !== path ? nearestFolder(folder) : folder;
}

async function toFile(format: OutputFormat, path: string, cwd: string): Promise<Target> {
  return orExplain(path, async () => {
    const there = await stat(path).catch(() => null);
    if (there?.isDirectory()) throw new UsageError(`--format: ${path} is a folder`, 'Name a file in it.');
    if (there !== null && ownOutput.test(path)) return writable(format, path);
    // In a checkout, another user may have created a link to a file of the current user.
    if (await leadsOut(there === null ? await nearestFolder(path) : path, cwd))
      throw new UsageError(
        `--format: ${path} is, or is behind, a link that leads out of the folder`,
        'Remove the link, or specify its target.',
      );
    // A device or pipe is written directly: replacing it with a file would break it for other programs.
    if (there !== null && !there.isFile()) return writable(format, await realpath(path));
    await makeFolder(dirname(path));
    // The target of a link is replaced, not the link.
    const target = there === null ? path : await realpath(path);
    return { format, path: target, file: await prepareFile(target) };
  });
}

/** A target that is written as it is. @throws `EACCES` */
async function writable(format: OutputFormat, path: string): Promise<Target> {
  await access(path, constants.W_OK);
  return { format, path, file: null };
}

/** Writes a report to its file atomically. @throws UsageError that names the path */
export async function fill({ path, file }: Target & { readonly path: string }, text: string): Promise<void> {
  await orExplain(path, async () => {
    if (file === null) return ownOutput.test(path) ? writeThrough(path, text) : writeToDevice(path, text);
    await file.write(text);
    await file.commit();
  });
}

/** Removes temporary files that are not needed. */
export async function abandon(targets: readonly Target[]): Promise<void> {
  for (const { file } of targets) await file?.discard();
}

/** Whether one of the formats refers to lines of the configuration. */
export function pointsAtLines(targets: readonly Target[]): boolean {
  return targets.some(({ format }) => pointing.has(format));
}

/** Runs a write operation. @throws UsageError that names the path, if it fails */
async function orExplain<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = codeOf(error);
    const reason = code === null ? '' : ` (${code})`;
    throw new UsageError(`--format: cannot write ${path}${reason}`, 'Check that the folder is writable.');
  }
}
