import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../../../errors.js';
import type { FailOn } from '../../../judge/exit-code.js';
import type { ExitCode } from '../../../model.js';
import { type ArrangedParts, arrange } from '../../../parts/arrange.js';
import { type Merged, mergeParts } from '../../../parts/merge.js';
import type { Part } from '../../../parts/part.js';
import { missingText } from '../../../parts/part-name.js';
import { type NamedPart, type PartProblem, readParts } from '../../../parts/read-part.js';
import { withoutProofs } from '../../../parts/unverified.js';
import { type FormatName, formatNames } from '../../../report/format-names.js';
import type { Style } from '../../../report/reporter.js';
import { sanitize } from '../../../report/text/sanitize.js';
import { quoted } from '../../../schema/path.js';
import { codeOf } from '../../../system/error-code.js';
import type { Io } from '../../../system/io.js';
import { createProgress } from '../../../system/progress.js';
import { readFileBytes, readStream } from '../../../system/read-input.js';
import { abandon, type Delivery, parseFormatsOf, prepare } from '../check/targets.js';

/** The parsed flags of `jwtcheck judge`. */
interface JudgeFlags {
  /** Files and folders; `-` is standard input. */
  readonly paths: readonly string[];
  /** A configuration whose secrets are read. */
  readonly config?: string | undefined;
  readonly formats: readonly string[];
  readonly failOn?: FailOn | undefined;
  readonly style: Style;
}

/** Judges the parts of one check together, writes the report and returns the exit code. */
export async function judgeParts(flags: JudgeFlags, io: Io): Promise<ExitCode> {
  const deliveries = parseFormatsOf<FormatName>(formatNames, flags.formats);
  try {
    return await judgeRead(flags, deliveries, io);
  } catch (error) {
    if (error instanceof UsageError) {
      const { deliverError } = await import('../check/deliver.js');
      await deliverError(error, deliveries, io);
    }
    throw error;
  }
}

async function judgeRead(
  flags: JudgeFlags,
  deliveries: readonly Delivery<FormatName>[],
  io: Io,
): Promise<ExitCode> {
  const { paths, config, style, failOn = 'critical' } = flags;
  const arranged = arrange(await partsAt(paths, io));
  if (!arranged.ok) throw unusable(arranged.problems);
  const [first] = arranged.parts;
  const { environment } = first.part;
  const targets = await prepare(deliveries, io);
  try {
    const { file, merged } =
      config === undefined
        ? { file: null, merged: mergeParts(arranged) }
        : await mergeHere(arranged, config, flags, io);
    for (const note of notesOf(arranged, merged))
      await io.stderr.write(`jwtcheck: note: ${sanitize(note)}\n`);
    const { judge } = await import('../../../judge/judge.js');
    const judged = judge(withoutProofs(merged.observations), { failOn });
    const report = merged.emulators.length === 0 ? judged : { ...judged, emulators: merged.emulators };
    const { deliver } = await import('../check/deliver.js');
    await deliver({ report, style, loaded: { file, environment } }, targets, io);
    return report.exitCode;
  } finally {
    await abandon(targets);
  }
}

async function mergeHere(
  arranged: ArrangedParts,
  config: string,
  { style }: JudgeFlags,
  io: Io,
): Promise<{ readonly file: string | null; readonly merged: Merged }> {
  const { configurationDigest, loadConfig, mergeWithSecrets, nothing } = await import(
    '../../../check/judge-parts.js'
  );
  const { cwd, env, now, signal } = io;
  const [{ path, part }] = arranged.parts;
  const loaded = await loadConfig({ cwd, env, config, environment: part.environment, part: nothing });
  if (configurationDigest(loaded) !== part.configuration)
    throw new UsageError(
      `--config: ${quoted(path)} was observed with another configuration`,
      'Name the configuration with which the parts were observed.',
    );
  for (const warning of loaded.warnings) await io.stderr.write(`jwtcheck: warning: ${sanitize(warning)}\n`);
  const progress = createProgress(io.stderr, io.stderr.isTTY === true && !style.quiet);
  try {
    const { reference } = part;
    const merge = (here: Part) => mergeParts(arranged, [here]);
    const context = { env, now, signal, progress: progress.update, reference };
    return { file: loaded.file, merged: await mergeWithSecrets(merge, loaded, context) };
  } finally {
    await progress.stop();
  }
}

function notesOf({ missing, notes }: ArrangedParts, merged: Merged): string[] {
  const unverified = merged.observations.unverifiedProofs?.length ?? 0;
  return [
    ...missing.map(missingText),
    ...notes,
    ...(unverified === 0
      ? []
      : [
          `${unverified} proof${unverified === 1 ? ' was' : 's were'} not verified: no part that received them could read the secret. Judge with --config where it can be read`,
        ]),
  ];
}

/** Maximum size of one file, in bytes: more than 50,000 participants need. */
const largest = 256 * 1024 * 1024;

const standardInput = '-';

/**
 * Reads parts from files, from the `*.json` of folders, and from standard input.
 * @throws UsageError that names every document that cannot be used
 */
async function partsAt(paths: readonly string[], io: Io): Promise<[NamedPart, ...NamedPart[]]> {
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
function unusable(problems: readonly PartProblem[]): UsageError {
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
