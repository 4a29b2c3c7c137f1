import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.js';
import type { Observations } from '../../src/model.js';
import { readingOfTokens } from '../../src/observe/readings.js';
import { anyObservations } from '../support/any-observations.js';
import { runs } from '../support/random.js';
import { judgedTogether, mergedOf, partSeen } from '../support/split.js';

const failOn = fc.constantFrom('warning', 'error', 'critical', 'never');

/** The part of each participant and of each issued token. */
const splits = fc.record({
  of: fc.integer({ min: 1, max: 4 }),
  places: fc.array(fc.nat(11), { minLength: 16, maxLength: 16 }),
  order: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
});
type Split = typeof splits extends fc.Arbitrary<infer T> ? T : never;

function partsOf(whole: Observations, { of, places, order }: Split) {
  const placeOf = new Map(whole.participants.map(({ name }, at) => [name, (places[at] ?? 0) % of]));
  const tokenAt = (index: number) => (places.at(-1 - (index % places.length)) ?? 0) % of;
  const parts = Array.from({ length: of }, (_, at) =>
    partSeen(
      whole,
      { shard: { index: at + 1, of }, reach: null },
      (name) => placeOf.get(name) === at,
      (index) => tokenAt(index) === at,
    ),
  );
  // Documents are named in any order.
  return parts
    .map((part, at) => ({ part, at: order[at] ?? 0 }))
    .sort((a, b) => a.at - b.at)
    .map(({ part }) => part);
}

/** A check receives tokens in any order; this is the one in which the parts have them. */
function withTokensInOrder(whole: Observations, { of, places }: Split): Observations {
  const tokens = (whole.mintedTokens ?? []).map((token, index) => ({
    token,
    at: (places.at(-1 - (index % places.length)) ?? 0) % of,
  }));
  const mintedTokens = tokens.sort((a, b) => a.at - b.at).map(({ token }) => token);
  const readingOf = (name: string) => readingOfTokens(mintedTokens.filter((t) => t.participant === name));
  const participants = whole.participants.map((p) =>
    p.source === 'mint' ? { ...p, reading: readingOf(p.name) } : p,
  );
  return { ...whole, mintedTokens, participants };
}

describe('observations that are split', () => {
  it('in any way are judged like the whole', () => {
    fc.assert(
      fc.property(anyObservations, splits, failOn, (whole, split, severity) => {
        const report = judge(withTokensInOrder(whole, split), { failOn: severity });
        expect(judgedTogether(partsOf(whole, split), severity)).toEqual(report);
      }),
      { numRuns: runs(1000, 60) },
    );
  });

  it('not at all, and written as one document, are the same observations', () => {
    fc.assert(
      fc.property(anyObservations, (whole) => {
        const { observations } = mergedOf([partSeen(whole, null, () => true)]);
        const { candidates, followUps, ...rest } = observations;
        const { candidates: _, followUps: __, ...expected } = whole;
        expect(rest).toEqual(expected);
        expect(whole.candidates).toEqual(expect.arrayContaining([...candidates]));
      }),
      { numRuns: runs(300, 40) },
    );
  });
});
