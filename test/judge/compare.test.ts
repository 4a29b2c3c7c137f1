import { describe, expect, it } from 'vitest';
import { compare } from '../../src/judge/compare.js';
import { observed, R, reading, S, secretManager, seen } from '../support/observations.js';

describe('groups', () => {
  it("begin with the reference's, then the largest", () => {
    const { groups } = compare(observed([seen('a', S), seen('b', S), secretManager()]));
    expect(groups).toEqual([
      { fingerprint: R, participants: ['sm'], reference: true },
      { fingerprint: S, participants: ['a', 'b'], reference: false },
    ]);
  });

  it('take a shorter fingerprint for the longer one that it abbreviates', () => {
    const long = `${R}0123456789`;
    const { groups, differing } = compare(
      observed([secretManager({ reading: reading(long) }), seen('a', R)]),
    );
    expect(groups).toEqual([{ fingerprint: long, participants: ['sm', 'a'], reference: true }]);
    expect(differing).toEqual([]);
  });

  it('hold a participant more than once whose replicas differ', () => {
    const instances = [
      { instance: 'x', fingerprint: R, samples: 1 },
      { instance: 'y', fingerprint: S, samples: 1 },
    ];
    const { groups, split } = compare(
      observed([secretManager(), seen('a', R, { reading: reading(R, { instances }) })]),
    );
    expect(groups.map((g) => g.participants)).toEqual([['sm', 'a'], ['a']]);
    expect(split).toEqual(['a']);
  });

  it('are quick for 10,000 participants', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => seen(`p${i}`, i % 2 === 0 ? R : S));
    const { groups } = compare(observed([secretManager(), ...many]));
    expect(groups.map((g) => g.participants.length)).toEqual([5001, 5000]);
  });
});
