import type { Reporter } from './reporter.js';
import { tapDescription, tapReason, yamlScalar } from './text/escape.js';
import type { Check } from './view/checks.js';

/** A YAML block with the reason; every text in it is quoted. */
function diagnostic({ outcome, message, kind, details, ms }: Check): string[] {
  return [
    '  ---',
    `  result: ${outcome === 'failed' ? 'differs' : 'inconclusive'}`,
    `  code: ${yamlScalar(kind)}`,
    `  message: ${yamlScalar(message)}`,
    `  duration_ms: ${Math.round(ms)}`,
    ...(details.length === 0 ? [] : ['  details:', ...details.map((line) => `    - ${yamlScalar(line)}`)]),
    '  ...',
  ];
}

function testPoint(check: Check, suite: string, number: number): string[] {
  const line = `${number} - ${tapDescription(`${suite}: ${check.name}`)}`;
  if (check.outcome === 'passed') return [`ok ${line}`];
  if (check.outcome === 'skipped') return [`ok ${line} # SKIP ${tapReason(check.message)}`];
  return [`not ok ${line}`, ...diagnostic(check)];
}

/**
 * TAP 14. An inconclusive check is `not ok`, as a difference is, and its diagnostic says `inconclusive`: a TODO would count
 * as passed, and unknown is never passed.
 */
export const tap: Reporter = ({ suites, overall, headline, emulatorNote, rotation }) => {
  const checks = suites.flatMap(({ name, checks }) => checks.map((check) => ({ name, check })));
  return `${[
    'TAP version 14',
    `1..${checks.length}`,
    `# ${overall.word.toLowerCase()}: ${tapReason(headline.text)}`,
    ...(rotation === null ? [] : [`# ${tapReason(rotation)}`]),
    ...(emulatorNote === null ? [] : [`# ${tapReason(emulatorNote)}`]),
    ...checks.flatMap(({ name, check }, index) => testPoint(check, name, index + 1)),
  ].join('\n')}\n`;
};
