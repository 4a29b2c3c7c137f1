import type { Report } from '../../../src/model.js';
import { formatNames } from '../../../src/report/format-names.js';
import type { Ran } from './command.js';
import { mustBeHarmless, mustBeJsonLines, mustBeSafe, mustCommandNothing } from './oracles.js';
import { excerpt, must } from './target.js';

/** What must hold for a check of any world. */

/** Every format, each into a file, and `pretty` on standard output. */
export const everyFormat: readonly string[] = formatNames.flatMap((name) =>
  name === 'pretty' ? ['-f', 'pretty'] : ['-f', `${name}:report.${name}`],
);

/** The report of a run in every format, all of which are safe to look at. */
export function mustBeReported({ code, stdout, stderr, files }: Ran): Report {
  must([0, 1, 3].includes(code), () => `exit code ${code}: ${excerpt(stderr)}`);
  must(stderr === '', () => `on standard error: ${excerpt(stderr)}`);
  const report: Report = JSON.parse(files['report.json'] ?? '');
  must(report.exitCode === code, () => `exit code ${code}, and ${report.exitCode} in the report`);
  must(
    (code === 0) === (report.verdict === 'consistent') || report.findings.length > 0,
    () => report.verdict,
  );
  mustBeHarmless('summary', files['summary.md'] ?? '');
  mustBeSafe('pretty', 'stdout', stdout, report.findings.length);
  for (const name of formatNames)
    if (name !== 'pretty') mustBeSafe(name, name, files[`report.${name}`] ?? '', report.findings.length);
  return report;
}

/** Never consistent without a reference, and never with somebody required who could not be read or differs. */
export function mustBeConfirmed({ verdict, reference, participants }: Report): void {
  if (verdict !== 'consistent') return;
  must(
    reference === null || reference.fingerprint !== null,
    () => 'consistent without a reference that was read',
  );
  for (const { name, required, fingerprint, agrees, error, accepts } of participants) {
    if (!required) continue;
    must(error === null, () => `consistent, but ${name} could not be read: ${error?.code}`);
    const overlaps = accepts.length > 1;
    must(agrees !== false || overlaps, () => `consistent, but ${name} differs`);
    must(
      fingerprint === null || agrees !== null,
      () => `consistent, but it is not known whether ${name} agrees`,
    );
  }
}

/** Nobody is blamed who is in order, whatever others do. */
export function mustNotBlame({ findings, participants }: Report, name: string): void {
  const blaming = findings.find(
    ({ severity, participants }) =>
      (severity === 'error' || severity === 'critical') && participants.includes(name),
  );
  must(blaming === undefined, () => `${name} is in order, and blamed: ${blaming?.code}: ${blaming?.message}`);
  const one = participants.find((participant) => participant.name === name);
  must(one?.agrees !== false, () => `${name} is in order, and said to differ`);
}

/** What `watch` prints is safe to look at: an event a line, or text. */
export function mustBeWatched({ code, stdout, stderr }: Ran, format: 'ndjson' | 'pretty'): void {
  must([0, 1, 3].includes(code), () => `exit code ${code}: ${excerpt(stderr)}`);
  for (const [where, text] of Object.entries({ stdout, stderr })) {
    mustBeHarmless(where, text);
    mustCommandNothing(where, text);
  }
  if (format === 'ndjson') mustBeJsonLines('stdout', stdout);
}
