import { createHash } from 'node:crypto';
import { exitCodes } from '../judge/exit-code.js';
import { families, type Rule } from '../judge/rule.js';
import { rules } from '../judge/rules/index.js';
import type { Finding, Severity } from '../model.js';
import type { Origin, Reporter } from './reporter.js';
import { sarifMessage, sarifUri } from './text/escape.js';
import { jsonText } from './text/json-text.js';
import { sanitize } from './text/sanitize.js';
import type { ReportView } from './view/view.js';

const version = '2.1.0';
const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json';

/** The level of each severity (SARIF 2.1.0 §3.27.10). */
const levels = {
  critical: 'error',
  error: 'error',
  warning: 'warning',
  info: 'note',
} as const satisfies Record<Severity, string>;

/** Indented lines are commands, and become code; words in angle brackets are not HTML. */
function asMarkdown(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      /^\s/.test(line) ? `\n    ${line.trim()}` : line.replace(/`[^`]*`|</g, (s) => (s === '<' ? '&lt;' : s)),
    )
    .join('\n');
}

function descriptor(rule: Rule) {
  const { code, title, explanation, example, proof, remedy, family, severity } = rule;
  const sections: readonly [string, string][] = [
    ['Example', example],
    ['Proved by', proof],
    ['Prevention', remedy],
  ];
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    help: {
      text: [explanation, ...sections.map(([head, text]) => `${head}: ${text}`)].join('\n\n'),
      markdown: [explanation, ...sections.map(([head, text]) => `**${head}:** ${text}`)]
        .map(asMarkdown)
        .join('\n\n'),
    },
    defaultConfiguration: { level: levels[severity === 'by-role' ? 'error' : severity] },
    properties: { tags: ['security', families[family]] },
  };
}

/** Every rule as a reporting descriptor (SARIF 2.1.0 §3.49), in the order of the registry. */
const descriptors = () => rules.map(descriptor);

/** The index of each rule in `descriptors`. */
const ruleIndexes: ReadonlyMap<string, number> = new Map(rules.map((rule, index) => [rule.code, index]));

/** A participant's line in the configuration; the first line if it is unknown. */
function physicalLocation(participant: string | null, origin: Origin | undefined) {
  if (origin === undefined || origin.file === null) return {};
  const relative = !origin.file.startsWith('/');
  const startLine = (participant === null ? null : origin.lineOf(participant)) ?? 1;
  return {
    physicalLocation: {
      artifactLocation: { uri: sarifUri(origin.file), ...(relative ? { uriBaseId: '%SRCROOT%' } : {}) },
      region: { startLine },
    },
  };
}

function locations(participants: readonly string[], origin: Origin | undefined) {
  if (participants.length === 0) return [physicalLocation(null, origin)];
  return participants.map((name) => ({
    ...physicalLocation(name, origin),
    logicalLocations: [{ name: sanitize(name), kind: 'resource' }],
  }));
}

/** A fingerprint that stays the same in every check, for one finding about the same participants of one environment. */
function fingerprint({ code, participants }: Finding, environment: string, occurrence: number): string {
  const identity = JSON.stringify([environment, code, [...participants].sort(), occurrence]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

function resultsOf({ report }: ReportView, origin: Origin | undefined) {
  const seen = new Map<string, number>();
  return report.findings.map((finding) => {
    const { code, severity, participants, remedy } = finding;
    const ruleIndex = ruleIndexes.get(code);
    const key = JSON.stringify([code, [...participants].sort()]);
    const occurrence = seen.get(key) ?? 0;
    seen.set(key, occurrence + 1);
    return {
      ruleId: sanitize(code),
      ...(ruleIndex === undefined ? {} : { ruleIndex }),
      level: levels[severity],
      message: { text: sarifMessage(`${finding.message}\n\n${remedy}`) },
      locations: locations(participants, origin),
      partialFingerprints: { 'jwtcheckFinding/v1': fingerprint(finding, report.environment, occurrence) },
      properties: { severity, environment: sanitize(report.environment) },
    };
  });
}

/**
 * The reasons why the check came to no conclusion: participants that could not be read, an emulator in the place of Secret Manager,
 * and the verdict itself if it is inconclusive.
 */
function notificationsOf(
  { report, headline, emulatorNote, rotation }: ReportView,
  origin: Origin | undefined,
) {
  const unread = report.participants.flatMap(({ name, error, required }) =>
    error === null
      ? []
      : [
          {
            level: required ? 'error' : 'note',
            message: { text: sarifMessage(`${name}: ${error.message}`) },
            locations: locations([name], origin),
            descriptor: { id: error.code },
          },
        ],
  );
  const emulator = {
    level: 'note',
    message: { text: sarifMessage(emulatorNote ?? '') },
    descriptor: { id: 'emulator' },
  };
  const open = {
    level: 'note',
    message: { text: sarifMessage(rotation ?? '') },
    descriptor: { id: 'rotation' },
  };
  const verdict = {
    level: 'error',
    message: { text: sarifMessage(headline.text) },
    descriptor: { id: 'inconclusive' },
  };
  return [
    ...unread,
    ...(rotation === null ? [] : [open]),
    ...(emulatorNote === null ? [] : [emulator]),
    ...(report.verdict === 'inconclusive' ? [verdict] : []),
  ];
}

function runOf(view: ReportView, origin: Origin | undefined) {
  const { environment, verdict, level, exitCode, startedAt, durationMs, tool } = view.report;
  const start = Date.parse(startedAt);
  return {
    tool: {
      driver: {
        name: tool.name,
        version: tool.version,
        semanticVersion: tool.version,
        rules: descriptors(),
      },
    },
    automationDetails: {
      id: `jwtcheck/${sanitize(environment)}/`,
      description: { text: sarifMessage(`JWT secrets of ${environment}`) },
    },
    invocations: [
      {
        executionSuccessful: verdict !== 'inconclusive',
        exitCode,
        exitCodeDescription: exitCodes[exitCode],
        startTimeUtc: new Date(start).toISOString(),
        endTimeUtc: new Date(start + durationMs).toISOString(),
        toolExecutionNotifications: notificationsOf(view, origin),
      },
    ],
    columnKind: 'utf16CodeUnits',
    results: resultsOf(view, origin),
    properties: { environment: sanitize(environment), verdict, level, headline: view.headline.text },
  };
}

/**
 * SARIF 2.1.0 (OASIS), as code scanning reads it: a result for each finding, at the participants' lines of the
 * configuration. An inconclusive check is an invocation without success, and gives the reasons in its notifications.
 */
export const sarif: Reporter = (view, _style, origin) =>
  jsonText({ $schema: schema, version, runs: [runOf(view, origin)] });
