import { stat } from 'node:fs/promises';
import { markdown } from '../../../report/markdown.js';
import type { Style } from '../../../report/reporter.js';
import type { ReportView } from '../../../report/view/view.js';
import { codeOf } from '../../../system/error-code.js';
import { openToAppend } from '../../../system/files.js';
import type { Io } from '../../../system/io.js';

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
