import type { Reporter } from './reporter.js';
import { description, reason, scalar } from './text/escape-tap.js';
import { type Check, suitesOf } from './view/checks.js';
import { emulatorNote } from './view/emulator-note.js';
import { headline } from './view/headline.js';
import { participantStatuses } from './view/participant-status.js';
import { overall } from './view/summary.js';
import { tokenTable } from './view/token-table.js';

/** A YAML block that says why; every text in it is quoted. */
function diagnostic({ outcome, message, kind, details, ms }: Check): string[] {
  return [
    '  ---',
    `  result: ${outcome === 'failed' ? 'differs' : 'inconclusive'}`,
    `  code: ${scalar(kind)}`,
    `  message: ${scalar(message)}`,
    `  duration_ms: ${Math.round(ms)}`,
    ...(details.length === 0 ? [] : ['  details:', ...details.map((line) => `    - ${scalar(line)}`)]),
    '  ...',
  ];
}

function point(check: Check, suite: string, number: number): string[] {
  const line = `${number} - ${description(`${suite}: ${check.name}`)}`;
  if (check.outcome === 'passed') return [`ok ${line}`];
  if (check.outcome === 'skipped') return [`ok ${line} # SKIP ${reason(check.message)}`];
  return [`not ok ${line}`, ...diagnostic(check)];
}

/**
 * TAP 14. What could not be told is `not ok`, as a difference is, and its diagnostic says `inconclusive`: a TODO would count as
 * passed, and unknown is never fine.
 */
export const tap: Reporter = (report) => {
  const points = participantStatuses(report);
  const sentence = headline(report, points, tokenTable(report, points));
  const emulator = emulatorNote(report);
  const checks = suitesOf(report).flatMap(({ name, checks }) => checks.map((check) => ({ name, check })));
  return `${[
    'TAP version 14',
    `1..${checks.length}`,
    `# ${overall(report).word.toLowerCase()}: ${reason(sentence)}`,
    ...(emulator === null ? [] : [`# ${reason(emulator)}`]),
    ...checks.flatMap(({ name, check }, index) => point(check, name, index + 1)),
  ].join('\n')}\n`;
};
