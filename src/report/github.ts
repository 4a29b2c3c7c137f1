import { linesOfSteps } from '../judge/remedy-steps.js';
import type { Finding, Severity } from '../model.js';
import type { Origin, Reporter } from './reporter.js';
import { commandData, commandProperty, readable } from './text/escape.js';

/** GitHub shows ten annotations of each kind for a step; more than ten in all are not read. */
const mostAnnotations = 10;

/** Logs are wide. */
const logColumns = 120;

const commands: Readonly<Record<Severity, string>> = {
  critical: 'error',
  error: 'error',
  warning: 'warning',
  info: 'notice',
};

/** The line of the first participant that has one. */
function placeOf(
  participants: readonly string[],
  origin: Origin | undefined,
): Readonly<Record<string, string>> {
  if (origin === undefined || origin.file === null) return {};
  for (const name of participants) {
    const line = origin.lineOf(name);
    if (line !== null) return { file: origin.file, line: `${line}` };
  }
  return { file: origin.file, line: '1' };
}

function annotation(finding: Finding, origin: Origin | undefined): string {
  const properties = { ...placeOf(finding.participants, origin), title: `jwtcheck: ${finding.code}` };
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${commandProperty(value)}`);
  const lines = [finding.message, ...linesOfSteps(finding.steps)].filter((line) => line.trim() !== '');
  return `::${commands[finding.severity]} ${listed.join(',')}::${commandData(lines)}`;
}

function annotations(findings: readonly Finding[], origin: Origin | undefined): string[] {
  const shown = findings.slice(0, mostAnnotations);
  const rest = findings.length - shown.length;
  return [
    ...shown.map((finding) => annotation(finding, origin)),
    ...(rest === 0 ? [] : [`and ${rest} more findings, without an annotation: see above`]),
  ];
}

/**
 * The log of a GitHub workflow: the report for people, then its worst findings as annotations at the participants' lines
 * of the configuration. No text from outside becomes a workflow command.
 * @param log the report for people
 */
export function github(log: Reporter): Reporter {
  return (view, style, origin) => {
    const text = readable(log(view, { ...style, color: false, columns: logColumns }));
    const lines = annotations(view.findings, origin);
    return lines.length === 0 ? text : `${text}\n${lines.join('\n')}\n`;
  };
}
