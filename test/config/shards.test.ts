import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInPart, type PartName, shardOf } from '../../src/config/shards.js';
import { anyCharacter, runs } from '../support/random.js';

const name = fc.oneof(
  fc.string(),
  fc.string({ unit: anyCharacter }),
  fc.constantFrom('auth_service', 'ä', 'ä'),
);
const count = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 10_000 }));

/** The parts of a fleet: each network, in as many shards as it is given. */
const partsOf = (networks: Readonly<Record<string, number>>): PartName[] =>
  Object.entries(networks).flatMap(([label, shards]) =>
    Array.from({ length: shards }, (_, index) => ({
      reach: [label],
      shard: { index: index + 1, of: shards },
    })),
  );

describe('a shard', () => {
  it('has each participant once, whatever the names and the number of shards', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 60 }), count, (names, count) => {
        for (const name of names) {
          const shard = shardOf(name, count);
          expect(Number.isInteger(shard) && shard >= 1 && shard <= count).toBe(true);
          const own = { name, reach: undefined };
          expect(isInPart(own, { reach: null, shard: { index: shard, of: count } })).toBe(true);
          if (count > 1)
            expect(isInPart(own, { reach: null, shard: { index: (shard % count) + 1, of: count } })).toBe(
              false,
            );
        }
      }),
      { numRuns: runs(500) },
    );
  });

  // Written out: a share that depended on the version of Node, or on the machine, would leave participants to no run.
  it.each([
    ['auth_service', [1, 1, 2, 7, 7693]],
    ['backend_service', [1, 2, 2, 2, 828]],
    ['', [1, 1, 2, 2, 8125]],
    ['Größe 大', [1, 1, 3, 4, 293]],
    ['constructor', [1, 1, 2, 5, 1595]],
  ])('of %j is the same on every machine', (name, expected) => {
    expect([1, 2, 3, 7, 10_000].map((count) => shardOf(name, count))).toEqual(expected);
  });

  it('is as large as the others, within what chance allows', () => {
    const sizes = Array.from({ length: 10 }, () => 0);
    for (let index = 0; index < 10_000; index += 1) {
      const at = shardOf(`service-${index}`, sizes.length) - 1;
      sizes[at] = (sizes[at] ?? 0) + 1;
    }
    // Ten times the standard deviation of 30 would be 300.
    expect(Math.min(...sizes)).toBeGreaterThan(880);
    expect(Math.max(...sizes)).toBeLessThan(1120);
  });
});

it('networks and shards together have each participant once', () => {
  const label = fc.constantFrom('default', 'eu', 'us');
  const member = fc.record({ name, reach: fc.option(label, { nil: undefined }) });
  const shards = fc.integer({ min: 1, max: 5 });
  const networks = fc.record({ default: shards, eu: shards, us: shards });
  fc.assert(
    fc.property(fc.uniqueArray(member, { selector: (one) => one.name }), networks, (members, networks) => {
      for (const one of members)
        expect(partsOf(networks).filter((part) => isInPart(one, part))).toHaveLength(1);
    }),
    { numRuns: runs(300) },
  );
});
