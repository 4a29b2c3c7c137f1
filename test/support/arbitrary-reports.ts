import fc from 'fast-check';
import { remedyOf } from '../../src/judge/remedy-steps.js';
import {
  controls,
  type Finding,
  type JsonValue,
  levels,
  proofOutcomes,
  type RemedyStep,
  type Report,
  type ReportAttempt,
  type ReportParticipant,
  readErrorCodes,
  roles,
  severities,
} from '../../src/model.js';
import { anyCharacter } from './random.js';

/** Texts that break layouts and terminals. */
const nasty = fc.constantFrom(
  '\u001b[2J\u001b[31mred',
  'line\nbreak\r\n',
  '\u202eoverride\u2066isolate',
  'zero\u200bwidth\ufeff',
  '\u2028\u2029\u0085\u009b31m',
  '\ud800lone',
  '漢字かな交じり文',
  '👩‍👩‍👧‍👦❤️🇨🇦',
  'Z\u0351\u036b\u0343\u032a\u0302\u036b\u033d\u034f\u0334\u0319alg\u0300o',
  '\u0301\u0302',
  '<script>`$(id)`</script>',
  '  ',
  'x'.repeat(10_000),
  '\u0000',
);

/** Any text, often a hostile one. */
export const anyText = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: anyCharacter, maxLength: 40 }),
  nasty,
);

const name = fc.oneof(fc.constantFrom('a', 'b', 'secret_manager', 'auth_service'), anyText);
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const milliseconds = fc.nat(100_000);
const fingerprint = fc.constantFrom('200718bd', '9b1c0f2e', '5c1fa0de'.repeat(8));
const count = fc.integer({ min: 1, max: 100 });

const participant: fc.Arbitrary<ReportParticipant> = fc.record({
  name,
  role: fc.constantFrom(...roles),
  source: nullable(fc.constantFrom('http', 'env', 'google-secret-manager')),
  reachable: fc.boolean(),
  fingerprint: nullable(fingerprint),
  agrees: nullable(fc.boolean()),
  accepts: fc.array(fingerprint, { maxLength: 3 }),
  version: nullable(anyText),
  provenance: nullable(anyText),
  latencyMs: nullable(milliseconds),
  instances: fc.array(fc.record({ instance: nullable(anyText), fingerprint, samples: count }), {
    maxLength: 6,
  }),
  error: nullable(fc.record({ code: fc.constantFrom(...readErrorCodes), message: anyText })),
  required: fc.boolean(),
  proof: nullable(fc.constantFrom(...proofOutcomes)),
});

const attempt: fc.Arbitrary<ReportAttempt> = fc.record({
  participant: name,
  probe: anyText,
  minter: nullable(name),
  token: fc.constantFrom('genuine' as const, ...controls),
  tokenType: nullable(anyText),
  expected: fc.constantFrom('accepted', 'rejected'),
  result: fc.constantFrom('accepted', 'rejected', 'inconclusive'),
  status: nullable(fc.integer({ min: 100, max: 599 })),
  closeCode: nullable(fc.integer({ min: 1000, max: 4999 })),
  detail: anyText,
  latencyMs: milliseconds,
});

const json = fc
  .jsonValue({ maxDepth: 2, stringUnit: anyCharacter })
  .map((value): JsonValue => JSON.parse(JSON.stringify(value)));

/** Commands are separate, unwrapped lines; a marker lets a test recognize them. */
const anySteps: fc.Arbitrary<readonly RemedyStep[]> = fc
  .tuple(anyText, fc.option(anyText))
  .map(([text, line]) => [{ text }, ...(line === null ? [] : [{ command: `COMMAND ${line}` }])]);

// @ts-expect-error a report that was read from a file may have any code
const finding: fc.Arbitrary<Finding> = fc
  .record({
    code: fc.oneof(fc.constantFrom('fingerprint-mismatch', 'rotation-overlap', 'equivalent-secret'), anyText),
    severity: fc.constantFrom(...severities),
    participants: fc.array(name, { maxLength: 3 }),
    message: anyText,
    evidence: fc.dictionary(anyText, fc.oneof(anyText, fc.integer(), fc.boolean(), json), {
      maxKeys: 6,
      noNullPrototype: true,
    }),
    steps: anySteps,
  })
  .map((all) => ({ ...all, remedy: remedyOf(all.steps) }));

/** Any valid report, even one that no check would produce. */
export const anyReport: fc.Arbitrary<Report> = fc.record({
  schemaVersion: fc.constant(1 as const),
  tool: fc.record({ name: fc.constant('jwtcheck' as const), version: fc.constant('1.0.0') }),
  environment: anyText,
  startedAt: fc.constant('2026-01-31T12:00:00.000Z'),
  durationMs: milliseconds,
  verdict: fc.constantFrom('consistent', 'inconsistent', 'inconclusive'),
  exitCode: fc.constantFrom(0, 1, 3),
  level: fc.constantFrom(...levels),
  reference: nullable(
    fc.record({ participant: name, fingerprint: nullable(fingerprint), version: nullable(anyText) }),
  ),
  groups: fc.array(
    fc.record({ fingerprint, participants: fc.array(name, { maxLength: 4 }), reference: fc.boolean() }),
    { maxLength: 3 },
  ),
  participants: fc.array(participant, { maxLength: 16 }),
  attempts: fc.array(attempt, { maxLength: 16 }),
  findings: fc.array(finding, { maxLength: 6 }),
  impact: fc.record({
    currency: anyText,
    mrrAtRisk: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e9, noNaN: true })),
    participants: fc.array(fc.record({ name, mrr: fc.nat(), note: nullable(anyText) }), { maxLength: 7 }),
  }),
});
