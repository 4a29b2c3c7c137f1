import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import type { Io } from '../io.js';
import type { Report } from '../model.js';
import { type FormatName, reporters } from '../report/index.js';
import type { Style } from '../report/report.js';

/** A format, and the file it goes to; standard output where `path` is `null`. */
export interface Delivery {
  readonly format: FormatName;
  readonly path: string | null;
}

const isFormat = (name: string): name is FormatName => Object.hasOwn(reporters, name);

/**
 * Reads `--format NAME[:PATH]`, given any number of times.
 * @throws UsageError for a format that there is not, and for two reports on standard output
 */
export function parseFormats(given: readonly string[]): Delivery[] {
  const deliveries = (given.length === 0 ? ['pretty'] : given).map((text): Delivery => {
    const [name = '', ...rest] = text.split(':');
    const path = rest.join(':');
    const known = Object.keys(reporters).join(', ');
    if (!isFormat(name)) throw new UsageError(`--format: there is no format "${name}"`, `Formats: ${known}.`);
    if (text.includes(':') && path === '') throw new UsageError(`--format ${name}: no path after the colon`);
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

/**
 * Makes sure, before anything is checked, that every file can be written.
 * @throws UsageError for one that cannot
 */
export async function prepare(deliveries: readonly Delivery[], io: Io): Promise<void> {
  for (const path of filesOf(deliveries, io)) {
    await orExplain(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(partial(path), '');
    });
  }
}

/** Takes away what `prepare` left, where there is no report to write. */
export async function abandon(deliveries: readonly Delivery[], io: Io): Promise<void> {
  for (const path of filesOf(deliveries, io)) await rm(partial(path), { force: true });
}

/** Writes the report in every format asked for; a file is there whole or not at all. */
export async function deliver(
  report: Report,
  deliveries: readonly Delivery[],
  style: Style,
  io: Io,
): Promise<void> {
  for (const { format, path } of deliveries) {
    if (path === null) {
      await io.stdout.write(reporters[format](report, style));
      continue;
    }
    const whole = resolve(io.cwd, path);
    await orExplain(whole, async () => {
      await writeFile(partial(whole), reporters[format](report, { ...style, color: false }));
      await rename(partial(whole), whole);
    });
  }
}

function filesOf(deliveries: readonly Delivery[], io: Io): string[] {
  return deliveries.flatMap(({ path }) => (path === null ? [] : [resolve(io.cwd, path)]));
}

const partial = (path: string): string => join(dirname(path), `.${basename(path)}.${process.pid}.part`);

async function orExplain(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    await rm(partial(path), { force: true });
    const reason = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    throw new UsageError(
      `--format: cannot write ${path}${reason}`,
      'Check that the folder may be written to, and that the path is not a folder.',
    );
  }
}
