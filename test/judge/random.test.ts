import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalCandidates } from '../../src/diagnose/candidates/distorted.js';
import { explain } from '../../src/diagnose/candidates/explain.js';
import { judge } from '../../src/judge/judge.js';
import type { CandidateFingerprint, Observation, Report } from '../../src/model.js';
import { fingerprintOfCandidate, knownCandidates } from '../../src/observe/candidate.js';
import { fingerprintOf } from '../../src/secret/fingerprint.js';
import { Secret } from '../../src/secret/secret.js';
import { type TransformCode, transformCodes } from '../../src/transforms/codes.js';
import { literals } from '../../src/transforms/literals.js';
import { search } from '../../src/transforms/search.js';
import { observed, seen } from '../support/observations.js';
import { runs } from '../support/random.js';
import { made } from '../support/transforms.js';

/** One who shows a fingerprint, and perhaps holds its secret where jwtcheck runs. */
interface One {
  readonly name: string;
  readonly secret: Secret;
  readonly held: boolean;
}

const length = 16;
const always: readonly CandidateFingerprint[] = [...(await knownCandidates([])), ...literalCandidates()].map(
  (c) => fingerprintOfCandidate(c, length),
);

/** From secrets to the report, as a check does it once something differs. */
function diagnose(participants: readonly One[], reference: string | null): Report {
  const right = participants.find((p) => p.name === reference)?.secret;
  const holders = participants
    .filter((p) => p.held)
    .map(({ name, secret }) => ({ name, secret, isRight: right?.equals(secret) ?? false }));
  const fingerprints = participants.map(({ secret }) => fingerprintOf(secret, length));
  const found = explain({
    holders,
    known: [],
    shown: fingerprints,
    right: right === undefined ? null : fingerprintOf(right, length),
    names: [],
    // Two transforms at once are tried in test/transforms: here it is about who is blamed.
    scope: { depth: 1 },
  });
  const candidates = found.map((candidate) => fingerprintOfCandidate(candidate, length));
  const shown = participants.map(
    ({ name, secret, held }): Observation =>
      seen(name, fingerprintOf(secret, length), { source: held ? 'env' : 'http', target: 'JWT_SECRET' }),
  );
  return judge(
    { ...observed(shown, { candidates: [...always, ...candidates] }), reference },
    { failOn: 'never' },
  );
}

const codeOf = (report: Report, name: string): string | undefined =>
  report.findings.find((f) => f.participants.includes(name))?.code;

const digits = (from: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...from), minLength, maxLength });
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const line = fc.oneof(
  digits('0123456789abcdef', 64, 64),
  digits(`${letters}+/`, 43, 43).map((text) => `${text}=`),
  digits(`${letters}-_`, 32, 43),
  digits(letters, 20, 80),
  // As password managers make them.
  digits(`${letters}$#%&*+/\\"'{}~!@^=:;,.?`, 24, 64),
);
const secrets = fc
  .oneof(
    { weight: 8, arbitrary: line },
    { weight: 1, arbitrary: fc.tuple(line, line).map(([a, b]) => `${a}\n${b}`) },
    { weight: 1, arbitrary: line.map((text) => `${text}\n`) },
    { weight: 1, arbitrary: line.map((text) => `"${text}"`) },
    {
      weight: 1,
      arbitrary: fc.tuple(line, line).map(([a, b]) => JSON.stringify({ JWT_SECRET: a, other: b })),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 20, maxLength: 40 }) },
  )
  .map((text) => Buffer.from(text))
  .chain((bytes) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constant(bytes) },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 32, maxLength: 64 }).map((b) => Buffer.from(b)) },
    ),
  );

const has = (variants: readonly Buffer[], bytes: Buffer): boolean =>
  variants.some((variant) => variant.equals(bytes));

/** Every single transform that turns one of them into the other, whichever way: each may rightly be claimed. */
function causes(right: Buffer, wrong: Buffer): TransformCode[] {
  return transformCodes.filter(
    (code) =>
      has(made(code, 'apply', right), wrong) ||
      has(made(code, 'undo', wrong), right) ||
      has(made(code, 'apply', wrong), right) ||
      has(made(code, 'undo', right), wrong),
  );
}

/** What is left may be nothing, or a text that is no secret. */
const noSecret = (...either: Buffer[]): string[] =>
  literals()
    .filter(({ bytes }) => either.some((one) => one.equals(bytes)))
    .map(({ code }) => code);

/** The right one may itself be dirty: then two transforms may explain what one does not. */
const inPairs = (from: Buffer, to: Buffer): string[] =>
  search(from, [fingerprintOf(new Secret(to), 64)]).hits.map(({ code }) => code);

/** Both sides, in every combination of who holds bytes. */
const sides = fc.record({
  broken: fc.constantFrom('service', 'reference'),
  held: fc.constantFrom('reference', 'service', 'both'),
  bystanders: fc.integer({ min: 0, max: 2 }),
});

type Sides = typeof sides extends fc.Arbitrary<infer T> ? T : never;

function world(right: Buffer, wrong: Buffer, { broken, held, bystanders }: Sides): One[] {
  const [ofService, ofReference] = (broken === 'service' ? [wrong, right] : [right, wrong]).map(
    (bytes) => new Secret(bytes),
  );
  if (ofService === undefined || ofReference === undefined) throw new Error('two secrets');
  return [
    { name: 'reference', secret: ofReference, held: held !== 'service' },
    { name: 'service', secret: ofService, held: held !== 'reference' },
    ...Array.from({ length: bystanders }, (_, i) => ({
      name: `agrees${i}`,
      secret: ofReference,
      held: i === 0,
    })),
    { name: 'stranger', secret: new Secret(unrelated(right)), held: bystanders > 0 },
  ];
}

/** As good as random, and the same every time. */
const unrelated = (bytes: Buffer): Buffer => createHmac('sha256', 'somebody else').update(bytes).digest();

/** What somebody put around the value, and nobody can take for anything else. */
const plain: readonly string[] = ['trailing-newline', 'crlf-line-ending', 'byte-order-mark', 'quotes-kept'];

const newlineAndNothing = Buffer.concat([Buffer.from('\n'), Buffer.alloc(32)]);

describe('a random secret', () => {
  it('that was distorted is reported as just that, whichever side is broken and whichever holds bytes', () => {
    fc.assert(
      fc.property(
        secrets,
        fc.constantFrom(...transformCodes),
        fc.nat(),
        sides,
        (right, code, pick, where) => {
          const variants = made(code, 'apply', right);
          const wrong = variants[pick % Math.max(1, variants.length)];
          fc.pre(wrong !== undefined);
          // Of longer ones two distortions at once are not undone: a cause may be missed there, never wrongly told.
          fc.pre(right.length <= 256 && wrong.length <= 256);
          const report = diagnose(world(right, wrong, where), 'reference');
          expect(report.verdict).toBe('inconsistent');
          // What is gone cannot be guessed by who holds only the rest.
          const rightIsHeld =
            where.held === 'both' || (where.broken === 'service') === (where.held === 'reference');
          const told = codeOf(report, 'service');
          expect(causes(right, wrong)).toContain(code);
          const possible = [...causes(right, wrong), ...noSecret(right, wrong)];
          if (rightIsHeld || has(made(code, 'undo', wrong), right)) expect(possible).toContain(told);
          else expect([...possible, ...inPairs(wrong, right), 'fingerprint-mismatch']).toContain(told);
          expect(codeOf(report, 'stranger')).toBe('fingerprint-mismatch');
          const [finding] = report.findings.filter((f) => f.code === told);
          if (plain.includes(told ?? '') && possible.length === 1 && finding?.evidence.mixed !== true) {
            expect(finding?.evidence.distorted).toBe(where.broken);
          }
        },
      ),
      {
        numRuns: runs(80, 8),
        examples: [
          [
            newlineAndNothing,
            'truncated-at-newline',
            0,
            { broken: 'reference', held: 'reference', bystanders: 0 },
          ],
        ],
      },
    );
  });

  // Found by chance: cut at its newline nothing would be left of it, which is no secret that anyone could hold.
  it('that begins with a newline is not taken for an empty one', () => {
    expect(made('truncated-at-newline', 'apply', newlineAndNothing)).toEqual([]);
    for (const held of ['reference', 'service', 'both'] as const) {
      const where = { broken: 'service', held, bystanders: 1 } as const;
      const report = diagnose(world(newlineAndNothing, unrelated(Buffer.from('x')), where), 'reference');
      expect(new Set(report.findings.map(({ code }) => code))).toEqual(new Set(['fingerprint-mismatch']));
    }
  });

  it('beside an unrelated one, or one that differs in one character, is only said to differ', () => {
    const changed = fc
      .tuple(digits(letters, 24, 64), fc.nat(), fc.constantFrom(...letters))
      .map(([text, at, to]) => {
        const index = at % text.length;
        return [text, `${text.slice(0, index)}${to}${text.slice(index + 1)}`] as const;
      });
    const others = fc.tuple(secrets, secrets).map(([a, b]) => [a, b] as const);
    fc.assert(
      fc.property(fc.oneof(changed, others), sides, fc.boolean(), ([one, other], where, withReference) => {
        const [a, b] = [Buffer.from(one), Buffer.from(other)];
        fc.pre(causes(a, b).length === 0 && !a.equals(b));
        const participants = world(a, b, { ...where, held: 'both' });
        const report = diagnose(participants, withReference ? 'reference' : null);
        expect(new Set(report.findings.map((f) => f.code))).toEqual(new Set(['fingerprint-mismatch']));
      }),
      { numRuns: runs(40, 4) },
    );
  });

  it('of which several share a broken copy is reported once, with all of them', () => {
    fc.assert(
      fc.property(secrets, fc.integer({ min: 2, max: 9 }), (right, count) => {
        const wrong = Buffer.concat([right, Buffer.from('\r\n')]);
        fc.pre(right.at(-1) !== 10 && right.at(-1) !== 13);
        const names = Array.from({ length: count }, (_, i) => `service${i}`);
        const report = diagnose(
          [
            { name: 'reference', secret: new Secret(right), held: true },
            ...names.map((name) => ({ name, secret: new Secret(wrong), held: false })),
          ],
          'reference',
        );
        expect(report.findings).toMatchObject([{ code: 'crlf-line-ending', participants: names }]);
      }),
      { numRuns: runs(10, 2) },
    );
  });
});
