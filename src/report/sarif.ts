import { createHash } from 'node:crypto';
import { exitCodes } from '../judge/exit-code.js';
import type { Finding, Report } from '../model.js';
import type { Origin, Reporter } from './reporter.js';
import { descriptors, indexOfRule, levels } from './sarif/sarif-rules.js';
import { message, uri } from './text/escape-sarif.js';
import { jsonText } from './text/json-text.js';
import { sanitize } from './text/sanitize.js';
import { emulatorNote } from './view/emulator-note.js';
import { headline } from './view/headline.js';
import { participantStatuses } from './view/participant-status.js';
import { tokenTable } from './view/token-table.js';

const version = '2.1.0';
const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json';

/** A participant's line in the configuration; the first line where the line cannot be told. */
function physicalLocation(participant: string | null, origin: Origin | undefined) {
  if (origin === undefined || origin.file === null) return {};
  const relative = !origin.file.startsWith('/');
  const startLine = (participant === null ? null : origin.lineOf(participant)) ?? 1;
  return {
    physicalLocation: {
      artifactLocation: { uri: uri(origin.file), ...(relative ? { uriBaseId: '%SRCROOT%' } : {}) },
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

/** The same for the same finding about the same participants of the same environment, however often it is checked. */
function fingerprint({ code, participants }: Finding, environment: string, occurrence: number): string {
  const identity = JSON.stringify([environment, code, [...participants].sort(), occurrence]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}

function resultsOf(report: Report, origin: Origin | undefined) {
  const seen = new Map<string, number>();
  return report.findings.map((finding) => {
    const { code, severity, participants, remedy } = finding;
    const ruleIndex = indexOfRule(code);
    const key = JSON.stringify([code, [...participants].sort()]);
    const occurrence = seen.get(key) ?? 0;
    seen.set(key, occurrence + 1);
    return {
      ruleId: sanitize(code),
      ...(ruleIndex < 0 ? {} : { ruleIndex }),
      level: levels[severity],
      message: { text: message(`${finding.message}\n\n${remedy}`) },
      locations: locations(participants, origin),
      partialFingerprints: { 'jwtcheckFinding/v1': fingerprint(finding, report.environment, occurrence) },
      properties: { severity, environment: sanitize(report.environment) },
    };
  });
}

/**
 * What kept the check from telling: everybody who could not be read, an emulator in the place of Secret Manager, and the
 * verdict itself where it is inconclusive.
 */
function notificationsOf(report: Report, sentence: string, origin: Origin | undefined) {
  const unread = report.participants.flatMap(({ name, error, required }) =>
    error === null
      ? []
      : [
          {
            level: required ? 'error' : 'note',
            message: { text: message(`${name}: ${error.message}`) },
            locations: locations([name], origin),
            descriptor: { id: error.code },
          },
        ],
  );
  const emulator = emulatorNote(report);
  const told = [
    ...unread,
    ...(emulator === null
      ? []
      : [{ level: 'note', message: { text: message(emulator) }, descriptor: { id: 'emulator' } }]),
  ];
  if (report.verdict !== 'inconclusive') return told;
  return [
    ...told,
    { level: 'error', message: { text: message(sentence) }, descriptor: { id: 'inconclusive' } },
  ];
}

function runOf(report: Report, origin: Origin | undefined) {
  const points = participantStatuses(report);
  const sentence = headline(report, points, tokenTable(report, points));
  const { environment, verdict, level, exitCode, startedAt, durationMs, tool } = report;
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
      description: { text: message(`JWT secrets of ${environment}`) },
    },
    invocations: [
      {
        executionSuccessful: verdict !== 'inconclusive',
        exitCode,
        exitCodeDescription: exitCodes[exitCode],
        startTimeUtc: new Date(start).toISOString(),
        endTimeUtc: new Date(start + durationMs).toISOString(),
        toolExecutionNotifications: notificationsOf(report, sentence, origin),
      },
    ],
    columnKind: 'utf16CodeUnits',
    results: resultsOf(report, origin),
    properties: { environment: sanitize(environment), verdict, level, headline: sentence },
  };
}

/**
 * SARIF 2.1.0 (OASIS), as code scanning reads it: a result for each finding, at the participants' lines of the
 * configuration. A check that came to no conclusion is an invocation without success, and says why in its notifications.
 */
export const sarif: Reporter = (report, _style, origin) =>
  jsonText({ $schema: schema, version, runs: [runOf(report, origin)] });
