import { stat } from 'node:fs/promises';
import { markdown } from '../../../report/markdown.js';
import type { Style } from '../../../report/reporter.js';
import type { ReportView } from '../../../report/view/view.js';
import { codeOf } from '../../../system/error-code.js';
import type { Io } from '../../../system/io.js';
import { openToAppend } from '../../../system/write-file.js';

/** GitHub drops what one step writes beyond it, the whole of it: "Adding a job summary", step isolation and limits. */
const mostBytes = 1024 * 1024;

/**
 * Appends the report to the summary of a GitHub job (`GITHUB_STEP_SUMMARY`); without the variable there is nothing to do.
 * The exit code is the gate and the log has it all, so a summary that cannot be written is worth a warning, no more.
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
    else await io.stderr.write('warning: the job summary has no room for the report\n');
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
