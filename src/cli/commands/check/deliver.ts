import type { Report } from '../../../model.js';
import { reporters } from '../../../report/index.js';
import type { Origin, Style } from '../../../report/reporter.js';
import type { Io } from '../../../system/io.js';
import { addJobSummary } from './job-summary.js';
import { fill, type Target } from './targets.js';

/** What is written, and how. */
export interface Written {
  readonly report: Report;
  readonly style: Style;
  /** Where the configuration lies, for formats that point at its lines. */
  readonly origin: Origin | undefined;
}

/**
 * Writes the report in every format asked for; a file is there whole or not at all. Where one of them is `github`, the
 * job's summary gets the report, too.
 */
export async function deliver(written: Written, targets: readonly Target[], io: Io): Promise<void> {
  const { report, style, origin } = written;
  for (const target of targets) {
    const { format, path } = target;
    if (path === null) {
      await io.stdout.write(
        reporters[format](report, style, origin),
        format === 'github' ? 'workflow-commands' : 'text',
      );
      continue;
    }
    await fill({ ...target, path }, reporters[format](report, { ...style, color: false }, origin));
  }
  if (targets.some(({ format }) => format === 'github')) await addJobSummary(report, style, io);
}
