import { constants } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import type { Io } from '../io.js';
import type { Report } from '../model.js';
import { reporters } from '../report/index.js';
import type { Origin, Style } from '../report/report.js';
import { addJobSummary } from './job-summary.js';
import { orExplain, type Target } from './targets.js';

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
  for (const { format, path, partial } of targets) {
    if (path === null) {
      await io.stdout.write(
        reporters[format](report, style, origin),
        format === 'github' ? 'workflow-commands' : 'text',
      );
      continue;
    }
    await orExplain(path, async () => {
      // Never through a link that took the place of the file in the meantime.
      const flag =
        partial === null ? 'w' : constants.O_WRONLY | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0);
      await writeFile(partial ?? path, reporters[format](report, { ...style, color: false }, origin), {
        flag,
      });
      if (partial !== null) await rename(partial, path);
    });
  }
  if (targets.some(({ format }) => format === 'github')) await addJobSummary(report, style, io);
}
