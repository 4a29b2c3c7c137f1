import { describe, expect, it } from 'vitest';
import type { ObservedRotation, OpenRotation } from '../../src/model.js';
import type { Part } from '../../src/parts/part.js';
import { httpProbe, observed, R, reading, S, secretManager, seen, tried } from '../support/observations.js';
import { judgedTogether, mergedOf, partSeen } from '../support/split.js';

type State = OpenRotation['state'];

const opened = '2026-01-31T11:00:00.000Z';

/** R is version 7, S version 8. */
function rotation(state: State, more: Partial<OpenRotation> = {}): ObservedRotation {
  return {
    record: {
      ...{ id: 'r1', mode: 'cutover', state, from: 7, to: 8 },
      times: { opened, [state]: '2026-01-31T12:00:00.000Z' },
      terms: { drain: { access: 60_000 }, skew: 0, settle: 0, patience: 0 },
      ...more,
    },
    keys: [
      { version: 7, fingerprint: R },
      { version: 8, fingerprint: S },
    ],
    unread: [],
    reference: state === 'staged' ? 7 : 8,
    stated: [],
  };
}

const keyOf = (key: string) => reading(key, { version: key === R ? '7' : '8', keyBytes: 48 });

interface Seen {
  readonly name: string;
  readonly key: string;
  readonly at: string;
  readonly rotation?: ObservedRotation;
  readonly last?: 'finished' | 'rolled-back';
}

/** What a part sees of one healthy service, whose key is the reference's at that time. */
function part(index: number, { name, key, at, rotation, last }: Seen): Part {
  const services = ['auth', 'api'].map((one) =>
    seen(one, key, { probes: [httpProbe], ...(one === name ? {} : { reading: null }) }),
  );
  const whole = observed([secretManager({ reading: keyOf(key) }), ...services], {
    startedAt: new Date(at),
    attempts: [
      tried(name, { minter: 'sm', result: 'accepted', status: 200, detail: '200 OK' }),
      tried(name, { token: 'forged', expected: 'rejected', result: 'rejected', status: 401, detail: '401' }),
    ],
    ...(rotation === undefined ? {} : { rotation }),
    ...(last === undefined
      ? {}
      : {
          lastRotation: {
            ...({ id: 'r1', mode: 'cutover', from: 7, to: 8, outcome: last, openedAt: opened, at } as const),
          },
        }),
  });
  return partSeen(whole, { shard: { index, of: 2 }, reach: null }, (one) =>
    index === 1 ? one !== 'api' : one === 'api',
  );
}

const before = '2026-01-31T12:10:00.000Z';
const after = '2026-01-31T12:12:00.000Z';

describe('a rotation that went on while the parts were observed', () => {
  it('in the same state in all parts is judged like the whole', () => {
    const staged = rotation('staged');
    const report = judgedTogether([
      part(1, { name: 'auth', key: R, at: before, rotation: staged }),
      part(2, { name: 'api', key: R, at: after, rotation: staged }),
    ]);
    expect(report).toMatchObject({ verdict: 'consistent', rotation: { state: 'staged' } });
  });

  it.each<[string, Seen, Seen, string]>([
    [
      'to another state',
      { name: 'auth', key: R, at: before, rotation: rotation('staged') },
      { name: 'api', key: S, at: after, rotation: rotation('promoted') },
      'the rotation `r1` was staged while part 1 of 2 observed it; then it was promoted',
    ],
    [
      'to its end',
      { name: 'auth', key: S, at: before, rotation: rotation('revoked') },
      { name: 'api', key: S, at: after, last: 'finished' },
      'the rotation `r1` was revoked while part 1 of 2 observed it; then it was finished',
    ],
    [
      'and back',
      { name: 'auth', key: S, at: before, rotation: rotation('promoted') },
      { name: 'api', key: R, at: after, last: 'rolled-back' },
      'the rotation `r1` was promoted while part 1 of 2 observed it; then it was rolled back',
    ],
    [
      'and was followed by another',
      { name: 'auth', key: S, at: before, rotation: rotation('revoked') },
      { name: 'api', key: S, at: after, rotation: rotation('revoked', { id: 'r2' }) },
      'the rotation `r1` was revoked while part 1 of 2 observed it; then another one followed',
    ],
  ])('%s: what was observed earlier is unread, neither right nor wrong', (_, first, second, why) => {
    const parts = [part(1, first), part(2, second)];
    const report = judgedTogether(parts);
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(report.participants.find(({ name }) => name === 'auth')?.error?.message).toBe(why);
    expect(report.participants.find(({ name }) => name === 'sm')).toMatchObject({ fingerprint: second.key });
    expect(report.participants.find(({ name }) => name === 'api')).toMatchObject({ agrees: true });
    expect(mergedOf(parts.toReversed()).observations).toEqual(mergedOf(parts).observations);
  });

  it('a difference in the last state is found', () => {
    const report = judgedTogether([
      part(1, { name: 'auth', key: R, at: before, rotation: rotation('staged') }),
      {
        ...part(2, { name: 'api', key: S, at: after, rotation: rotation('promoted') }),
        participants: [
          secretManager({ reading: keyOf(S) }),
          seen('api', '5f3a9c01', { probes: [httpProbe], reading: reading('5f3a9c01') }),
        ],
      },
    ]);
    expect(report).toMatchObject({ verdict: 'inconsistent', exitCode: 1 });
  });

  it('a part that could not read the record counts', () => {
    const promoted = rotation('promoted');
    const { rotation: _, ...blind } = part(1, { name: 'auth', key: S, at: before, rotation: promoted });
    const report = judgedTogether([blind, part(2, { name: 'api', key: S, at: after, rotation: promoted })]);
    expect(report).toMatchObject({ verdict: 'consistent', rotation: { state: 'promoted' } });
  });
});

it('a part that read the record but not the key leaves the version of the reference to the others', () => {
  const promoted = rotation('promoted');
  const { observations } = mergedOf([
    part(1, { name: 'auth', key: S, at: before, rotation: promoted }),
    part(2, { name: 'api', key: S, at: after, rotation: { ...promoted, reference: null } }),
  ]);
  expect(observations.rotation).toMatchObject({ reference: 8 });
});
