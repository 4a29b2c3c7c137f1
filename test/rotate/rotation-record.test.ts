import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../support/random.js';
import type { Quirk, ServicePlan } from './support/fleet.js';
import { type Mutation, type Scenario, simulate } from './support/simulate.js';

const seed = fc.integer({ min: 0, max: 2 ** 31 });

const plan = (quirk: fc.Arbitrary<Quirk>) =>
  fc
    .record({
      roles: fc.constantFrom('issuer', 'verifier', 'both'),
      replicas: fc.integer({ min: 1, max: 3 }),
      readsEvery: fc.integer({ min: 5_000, max: 150_000 }),
      restartChance: fc.constantFrom(0, 0.005, 0.03),
      quirk,
      isProbed: fc.constant(true),
    })
    .map(
      ({ roles, ...rest }): ServicePlan => ({
        ...rest,
        isIssuer: roles !== 'verifier',
        isVerifier: roles !== 'issuer',
      }),
    );

/** At least one issuer and one verifier among services that follow the aliases, and some that do as they like. */
const fleet = (quirk: fc.Arbitrary<Quirk>) =>
  fc
    .tuple(
      plan(fc.constant('none')).map((one) => ({ ...one, isIssuer: true })),
      plan(fc.constant('none')).map((one) => ({ ...one, isVerifier: true })),
      fc.array(plan(quirk), { maxLength: 2 }),
    )
    .map(([issuer, verifier, others]) => [issuer, verifier, ...others]);

const good = fleet(fc.constant('none'));

describe('a rotation of any fleet that follows the aliases', () => {
  it('rejects no valid token, and is finished with one new version', () => {
    fc.assert(
      fc.property(seed, good, fc.integer({ min: 0, max: 2 }), (seed, services, goesBack) => {
        const end = simulate({ seed, services, goesBack });
        expect(end).toEqual({ ...end, wrong: null, versions: 3 });
        if (goesBack === 0) expect(end).toEqual({ ...end, state: 'finished' });
      }),
      { numRuns: runs(200, 15) },
    );
  });

  it('never rejects a valid token because of services that do something else: it waits for them', () => {
    const quirk = fc.constantFrom<Quirk>(
      'none',
      'follows-latest',
      'pins-old',
      'hoards',
      'never-reads-again',
      'open-while-starting',
      'reads-alias-by-alias',
    );
    fc.assert(
      fc.property(seed, fleet(quirk), (seed, services) => {
        const end = simulate({ seed, services });
        // What opens itself while it starts is an outage of its own once it is open no longer, rotation or not.
        expect(end.wrong).toBeNull();
      }),
      { numRuns: runs(200, 15) },
    );
  });
});

const service = (more: Partial<ServicePlan>): ServicePlan => ({
  isIssuer: false,
  isVerifier: false,
  replicas: 3,
  readsEvery: 60_000,
  restartChance: 0.02,
  quirk: 'none',
  isProbed: true,
  ...more,
});
const issuer = service({ isIssuer: true });
const verifier = service({ isVerifier: true });

type Row = [Mutation['gate'], string, Omit<Scenario, 'seed'>];

const needed: Row[] = [
  ['start', 'all', { services: [service({ isIssuer: true, quirk: 'follows-latest' }), verifier] }],
  ['staged', 'all', { services: [issuer, verifier] }],
  ['promoted', 'all', { services: [issuer, verifier] }],
  ['revoked', 'all', { services: [issuer, service({ isVerifier: true, quirk: 'pins-old' })] }],
  [
    'start',
    'consistent',
    {
      services: [issuer, service({ isIssuer: true, quirk: 'behind', restartChance: 0 }), verifier],
      aliases: new Map([
        ['current', 2],
        ['previous', 1],
      ]),
    },
  ],
  ['start', 'lives-known', { services: [issuer, verifier], isLifeUnknown: true }],
  [
    'every',
    'verifiers-proved',
    { services: [issuer, verifier, service({ isVerifier: true, readsEvery: 400_000, isProbed: false })] },
  ],
  ['start', 'no-latest', { services: [service({ isIssuer: true, quirk: 'follows-latest' }), verifier] }],
  ['staged', 'accepts-new-key', { services: [issuer, service({ isVerifier: true, readsEvery: 400_000 })] }],
  [
    'staged',
    'twice',
    { services: [issuer, service({ isVerifier: true, readsEvery: 200_000, restartChance: 0 })] },
  ],
  [
    'staged',
    'rejects-forged',
    {
      services: [issuer, service({ isVerifier: true, quirk: 'open-while-starting', restartChance: 0.02 })],
    },
  ],
  [
    'promoted',
    'signs-with-key',
    {
      services: [
        service({ isIssuer: true, readsEvery: 3_000_000, restartChance: 0, isProbed: false }),
        verifier,
      ],
    },
  ],
  ['rollback', 'all', { services: [issuer, verifier], goesBack: 2 }],
  ['rollback', 'drained', { services: [issuer, verifier], goesBack: 2 }],
  ['promoted', 'drained', { services: [issuer, verifier] }],
  [
    'revoked',
    'twice',
    { services: [issuer, service({ isVerifier: true, readsEvery: 200_000, restartChance: 0 })] },
  ],
  ['revoked', 'rejects-retired', { services: [issuer, service({ isVerifier: true, quirk: 'hoards' })] }],
  ['revoked', 'no-pins', { services: [issuer, service({ isVerifier: true, quirk: 'pins-old' })] }],
];

describe('every gate is needed', () => {
  it.each(needed)('%s: %s', (gate, without, scenario) => {
    const seeds = Array.from({ length: runs(20, 3) }, (_, seed) => seed);
    const wrongIn = (mutation?: Mutation) => (seed: number) =>
      simulate({ ...scenario, seed }, mutation).wrong !== null;
    expect(seeds.filter(wrongIn())).toEqual([]);
    expect(seeds.find(wrongIn({ gate, without }))).toBeDefined();
  });
});

describe('settle', () => {
  it('has to be as long as a change of an alias takes to arrive', () => {
    const services = [
      service({ isIssuer: true, readsEvery: 5_000 }),
      service({ isVerifier: true, readsEvery: 5_000, restartChance: 0.2 }),
    ];
    const wrongWith = (settle?: number) =>
      Array.from({ length: runs(100, 20) }, (_, seed) => seed).some(
        (seed) => simulate({ seed, services, ...(settle === undefined ? {} : { settle }) }).wrong !== null,
      );
    expect(wrongWith()).toBe(false);
    expect(wrongWith(5_000)).toBe(true);
  });
});

describe('a service that reads each alias by a call of its own', () => {
  const services = [issuer, service({ isVerifier: true, quirk: 'reads-alias-by-alias', readsEvery: 10_000 })];
  const seeds = Array.from({ length: runs(100, 10) }, (_, seed) => seed);

  it('always gets both keys, as only one alias moves while both are accepted', () => {
    expect(seeds.map((seed) => simulate({ seed, services }))).toEqual(
      seeds.map(() => expect.objectContaining({ wrong: null, state: 'finished' })),
    );
  });

  it('would miss one of them if `next` became `previous` at the moment in which `current` moves', () => {
    const seen = (aliases: ReadonlyMap<string, number>): ReadonlyMap<string, number> => {
      const isPromoted = aliases.get('current') === aliases.get('next');
      return new Map([...aliases].filter(([alias]) => alias !== (isPromoted ? 'next' : 'previous')));
    };
    expect(seeds.some((seed) => simulate({ seed, services, seen }).wrong !== null)).toBe(true);
  });
});
