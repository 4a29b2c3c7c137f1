import type { Reporter } from './reporter.js';
import { xml } from './text/escape.js';
import type { Check, Outcome, Suite } from './view/checks.js';
import type { ReportView } from './view/view.js';

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** Each attribute with a space before it. */
function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${xml(value)}"`)
    .join('');
}

/** The result of a check; a failure and an error hold all facts about it. */
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

function properties(
  { participant }: Suite,
  { report, emulatorNote, rotation }: ReportView,
): Readonly<Record<string, string>> {
  if (participant !== null) {
    const { role, source, fingerprint } = participant;
    return { role, source: source ?? 'probes only', fingerprint: fingerprint ?? 'unknown' };
  }
  const { environment, verdict, level, exitCode, tool } = report;
  return {
    environment,
    verdict,
    level,
    exitCode: `${exitCode}`,
    version: tool.version,
    ...(rotation === null ? {} : { rotation }),
    ...(emulatorNote === null ? {} : { emulator: emulatorNote }),
  };
}

function suiteLines(suite: Suite, id: number, view: ReportView): string[] {
  const { report } = view;
  const { name, checks, participant } = suite;
  const count = (outcome: Outcome): string => `${checks.filter((check) => check.outcome === outcome).length}`;
  const total = checks.reduce((sum, { ms }) => sum + ms, 0);
  const head = attributes({
    // Consumers do not accept a name of nothing but whitespace.
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
    ...Object.entries(properties(suite, view)).map(
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
 * fingerprint and for each kind of token at each probe. A difference is a failure; an inconclusive check is an error.
 */
export const junit: Reporter = (view) =>
  `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...view.suites.flatMap((suite, index) => suiteLines(suite, index, view)),
    '</testsuites>',
  ].join('\n')}\n`;
