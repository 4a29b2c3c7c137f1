import { UsageError } from '../../../errors.js';
import type { FailOn } from '../../../judge/exit-code.js';
import type { ExitCode } from '../../../model.js';
import { type ArrangedParts, arrange } from '../../../parts/arrange.js';
import { type Merged, mergeParts } from '../../../parts/merge.js';
import type { Part } from '../../../parts/part.js';
import { missingText } from '../../../parts/part-name.js';
import { withoutProofs } from '../../../parts/unverified.js';
import { type FormatName, formatNames } from '../../../report/format-names.js';
import type { Style } from '../../../report/reporter.js';
import { sanitize } from '../../../report/text/sanitize.js';
import { quoted } from '../../../schema/path.js';
import type { Io } from '../../../system/io.js';
import { createProgress } from '../../../system/progress.js';
import { abandon, type Delivery, parseFormatsOf, prepare } from '../check/targets.js';
import { partsAt, unusable } from './parts-at.js';

/** The parsed flags of `jwtcheck judge`. */
export interface JudgeFlags {
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
