import { stat } from 'node:fs/promises';
import type { Loaded } from '../../../config/load.js';
import { originOf } from '../../../config/origin.js';
import { ConfigError, type JwtcheckError } from '../../../errors.js';
import type { Report } from '../../../model.js';
import type { Part } from '../../../parts/part.js';
import { reporters } from '../../../report/index.js';
import { markdown } from '../../../report/markdown.js';
import { type NotChecked, notChecked } from '../../../report/not-checked.js';
import type { Style } from '../../../report/reporter.js';
import { jsonLine } from '../../../report/text/json-text.js';
import { type ReportView, viewOf } from '../../../report/view/view.js';
import { codeOf } from '../../../system/error-code.js';
import { openToAppend } from '../../../system/files.js';
import type { Io } from '../../../system/io.js';
import { abandon, type Delivery, fill, pointsAtLines, prepare, type Target } from './targets.js';

/** The report, and how to format it. */
export interface Written {
  readonly report: Report;
  readonly style: Style;
  /** What was observed, if a target asks for it. */
  readonly part?: Part | null;
  /** The configuration, for formats that refer to its lines. */
  readonly loaded: Pick<Loaded, 'file' | 'environment'>;
}

/**
 * Writes the report in every requested format. Files are written atomically. With the format `github`, the report is
 * also added to the job summary.
 */
export async function deliver(written: Written, targets: readonly Target[], io: Io): Promise<void> {
  const { style, loaded, part = null } = written;
  const view = viewOf(written.report);
  const origin = pointsAtLines(targets) ? await originOf(loaded, io) : undefined;
  for (const target of targets) {
    const { format, path } = target;
    const shown = path === null ? style : { ...style, color: false };
    const text =
      format !== 'observations'
        ? reporters[format](view, shown, origin)
        : part === null
          ? ''
          : jsonLine(part);
    if (path === null) await io.stdout.write(text, format === 'github' ? 'workflow-commands' : 'text');
    else await fill({ ...target, path }, text);
  }
  if (targets.some(({ format }) => format === 'github')) await addJobSummary(view, style, io);
}

/** Writes in every format that was asked for why nothing was checked; a failure to do so is not worth another error. */
export async function deliverError(
  error: JwtcheckError,
  deliveries: readonly Delivery[],
  io: Io,
): Promise<void> {
  const problem: NotChecked = {
    code: error.code,
    file: error instanceof ConfigError ? error.file : null,
    problems: error instanceof ConfigError ? error.problems : [{ path: '', message: error.message }],
    hint: error.hint ?? null,
  };
  const targets = await prepare(deliveries, io).catch(() => []);
  try {
    for (const target of targets) {
      const { format, path } = target;
      const text = format === 'observations' ? '' : notChecked[format](problem);
      if (path === null) await io.stdout.write(text, format === 'github' ? 'workflow-commands' : 'text');
      else if (text !== '') await fill({ ...target, path }, text).catch(() => {});
    }
  } finally {
    await abandon(targets);
  }
}

/**
 * Maximum size for one step. GitHub discards a larger summary completely ("Adding a job summary", step isolation and
 * limits).
 */
const mostBytes = 1024 * 1024;

/**
 * Appends the report to the summary of a GitHub job (`GITHUB_STEP_SUMMARY`), if the variable is set. A summary that
 * cannot be written is only a warning, because the exit code is the gate and the log is complete.
 */
export async function addJobSummary(view: ReportView, style: Style, io: Io): Promise<void> {
  const path = io.env.GITHUB_STEP_SUMMARY;
  if (path === undefined || path === '') return;
  try {
    const there = await stat(path).catch(() => null);
    const room = mostBytes - (there?.size ?? 0);
    const text = [style, { ...style, verbose: false }, { ...style, verbose: false, quiet: true }]
      .map((each) => `${markdown(view, each)}\n`)
      .find((each) => Buffer.byteLength(each) <= room);
    if (text !== undefined) await append(path, text);
    else await io.stderr.write('warning: the report does not fit into the job summary\n');
  } catch (error) {
    const code = codeOf(error);
    const reason = code === null ? '' : ` (${code})`;
    await io.stderr.write(`warning: the job summary cannot be written${reason}\n`);
  }
}

async function append(path: string, text: string): Promise<void> {
  const handle = await openToAppend(path);
  try {
    await handle.appendFile(text);
  } finally {
    await handle.close();
  }
}
