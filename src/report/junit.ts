import type { Report } from '../model.js';
import type { Reporter } from './reporter.js';
import { xml } from './text/escape.js';
import { type Check, type Outcome, type Suite, suitesOf } from './view/checks.js';
import { emulatorNote } from './view/emulator-note.js';

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Each attribute stands after one blank. */
function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xml(value)}"`)
    .join('');
}

/** What became of a check; a failure and an error hold all that is known of it. */
function result({ outcome, message, kind, details }: Check): string[] {
  const text = details.map((line) => xml(line, 1000)).join('\n');
  const typed = attributes({ message, type: kind });
  const results: Readonly<Record<Outcome, string[]>> = {
    passed: [],
    skipped: [`<skipped>${xml(message)}</skipped>`],
    failed: [`<failure${typed}>${text}</failure>`],
    inconclusive: [`<error${typed}>${text}</error>`],
  };
  return results[outcome];
}

function testCase(check: Check, classname: string): string[] {
  const tag = `    <testcase${attributes({ name: check.name, classname, time: seconds(check.ms) })}`;
  const inside = result(check);
  return inside.length === 0
    ? [`${tag}/>`]
    : [`${tag}>`, ...inside.map((line) => `      ${line}`), '    </testcase>'];
}

function properties({ participant }: Suite, report: Report): Readonly<Record<string, string>> {
  if (participant !== null) {
    const { role, source, fingerprint } = participant;
    return { role, source: source ?? 'probes only', fingerprint: fingerprint ?? 'unknown' };
  }
  const { environment, verdict, level, exitCode, tool } = report;
  const emulator = emulatorNote(report);
  return {
    environment,
    verdict,
    level,
    exitCode: `${exitCode}`,
    version: tool.version,
    ...(emulator === null ? {} : { emulator }),
  };
}

function suite(suite: Suite, id: number, report: Report): string[] {
  const { name, checks, participant } = suite;
  const count = (outcome: Outcome): string => `${checks.filter((check) => check.outcome === outcome).length}`;
  const total = checks.reduce((sum, { ms }) => sum + ms, 0);
  const head = attributes({
    // Nothing but blanks is no name to consumers.
    name: name.trim() === '' ? JSON.stringify(name) : name,
    package: report.environment,
    id: `${id}`,
    timestamp: report.startedAt.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length),
    hostname: 'localhost',
    tests: `${checks.length}`,
    failures: count('failed'),
    errors: count('inconclusive'),
    skipped: count('skipped'),
    time: seconds(total),
  });
  const classname = participant === null ? report.environment : `${report.environment}.${participant.name}`;
  return [
    `  <testsuite${head}>`,
    '    <properties>',
    ...Object.entries(properties(suite, report)).map(
      ([key, value]) => `      <property${attributes({ name: key, value })}/>`,
    ),
    '    </properties>',
    ...checks.flatMap((check) => testCase(check, classname)),
    '    <system-out></system-out>',
    '    <system-err></system-err>',
    '  </testsuite>',
  ];
}

/**
 * JUnit XML, as Jenkins and GitLab read it: a suite for the verdict, then one for each participant, with a case for its
 * fingerprint and for each kind of token at each probe. A difference is a failure; what could not be told is an error.
 */
export const junit: Reporter = (report) =>
  `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...suitesOf(report).flatMap((each, index) => suite(each, index, report)),
    '</testsuites>',
  ].join('\n')}\n`;
