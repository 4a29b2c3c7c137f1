import { describe, expect, it } from 'vitest';
import { type Deviation, deviationsIn } from '../../src/rotation/deviations.js';
import type { KeyUse } from '../../src/rotation/key-use.js';
import type { RotationRecord } from '../../src/rotation/rotation-record.js';
import { entry, hour, minute, presented, recordIn, second, signed, use } from '../rotate/support/uses.js';

const found = (record: RotationRecord, seen: KeyUse, after: number) =>
  deviationsIn(record, seen, entry + after).map(({ code, severity, participants, key, probes }) =>
    [code, severity, ...participants, key, ...probes].join(' '),
  );

const staged = recordIn('staged');
const promoted = recordIn('promoted');
const revoked = recordIn('revoked');
const finished = recordIn('finished');
const emergency = recordIn('revoked', { mode: 'emergency' });
const cutover = recordIn('promoted', { mode: 'cutover' });
const now = entry + second;

const both = { accepts: [7, 8] };
const done = { accepts: [8], rejects: [7], signs: 8 };
const websocket = { probe: 'websocket' };
const rejects = (key: number) => [presented('api', key, 'rejected', websocket)];
const accepts = (key: number) => [presented('api', key, 'accepted', websocket)];

describe('a rotation that goes as planned', () => {
  it.each<[string, RotationRecord | null, KeyUse, number]>([
    ['no rotation at all', null, use(now, { accepts: [7] }), 0],
    ['an intent whose version is not known', recordIn('idle'), use(now, { signs: 8 }), 0],
    ['staged', staged, use(now, both), hour],
    ['promoted', promoted, use(now, { ...both, signs: 8 }), hour],
    ['revoked', revoked, use(now, done), hour],
    ['a verifier that has not heard of it yet', revoked, use(now, { ...done, but: accepts(7) }), 59 * second],
    ['finished', finished, use(now, done), 1000 * hour],
    [
      'an old token that is rejected for its age',
      staged,
      use(now, { ...both, but: [presented('api', 8, 'rejected', { isBackdated: true })] }),
      hour,
    ],
    [
      'a test framework with a token of its own',
      promoted,
      use(now, { ...both, signs: 8, more: { signed: [signed(7, { participant: 'api' })] } }),
      hour,
    ],
    [
      'an issuer that follows a step back',
      recordIn('staged', { times: { ...staged.times, promoted: staged.times.opened } }),
      use(now, { ...both, signs: 8 }),
      0,
    ],
    [
      'a cutover, which rejects old tokens',
      cutover,
      use(now, { accepts: [8], rejects: [7], signs: 8 }),
      hour,
    ],
  ])('has no finding: %s', (_, record, seen, after) => {
    expect(found(record ?? recordIn('idle'), seen, after)).toEqual([]);
    if (record === null) expect(deviationsIn(null, seen, entry)).toEqual([]);
  });
});

describe('a deviation', () => {
  it.each<[string, RotationRecord, KeyUse, number, string[]]>([
    [
      'signs with the new key while it is staged',
      staged,
      use(now, { ...both, signs: 8 }),
      0,
      ['signs-too-early critical auth 8'],
    ],
    [
      'signs with a key that was taken back',
      recordIn('idle', { to: 8 }),
      use(now, { accepts: [7], signs: 8 }),
      0,
      ['signs-too-early critical auth 8'],
    ],
    [
      'lags at first',
      staged,
      use(now, { ...both, but: rejects(8) }),
      15 * minute - 1,
      ['rotation-lagging warning api 8 websocket'],
    ],
    [
      'lags for too long',
      staged,
      use(now, { ...both, but: rejects(8) }),
      15 * minute,
      ['rotation-lagging error api 8 websocket'],
    ],
    [
      'forgets the new key once it is in use',
      promoted,
      use(now, { ...both, signs: 8, but: rejects(8) }),
      0,
      ['rotation-lagging error api 8 websocket'],
    ],
    [
      'forgets the old key too early',
      promoted,
      use(now, { ...both, signs: 8, but: rejects(7) }),
      0,
      ['rotation-lagging error api 7 websocket'],
    ],
    [
      'rejects the only key',
      revoked,
      use(now, { ...done, but: rejects(8) }),
      0,
      ['rotation-lagging error api 8 websocket'],
    ],
    [
      'needs time for a cutover',
      cutover,
      use(now, { accepts: [8], signs: 8, but: rejects(8) }),
      0,
      ['rotation-lagging warning api 8 websocket'],
    ],
    [
      'signs with the old key for a while',
      promoted,
      use(now, both),
      0,
      ['signs-with-retired-key warning auth 7'],
    ],
    [
      'signs with the old key for too long',
      promoted,
      use(now, both),
      15 * minute,
      ['signs-with-retired-key error auth 7'],
    ],
    [
      'signs with a revoked key',
      revoked,
      use(now, { ...done, signs: 7 }),
      0,
      ['signs-with-retired-key critical auth 7'],
    ],
    [
      'signs with a disabled key',
      finished,
      use(now, { ...done, signs: 7 }),
      0,
      ['signs-with-retired-key critical auth 7'],
    ],
    [
      'accepts a revoked key',
      revoked,
      use(now, { ...done, but: accepts(7) }),
      minute,
      ['accepts-retired-key critical api 7 websocket'],
    ],
    [
      'accepts a backdated token of a revoked key',
      revoked,
      use(now, { ...done, but: [presented('api', 7, 'accepted', { isBackdated: true })] }),
      minute,
      ['accepts-retired-key critical api 7 http'],
    ],
    [
      'accepts a disabled key',
      finished,
      use(now, { ...done, but: accepts(7) }),
      0,
      ['accepts-retired-key critical api 7 websocket'],
    ],
    [
      'accepts a leaked key',
      emergency,
      use(now, { ...done, but: accepts(7) }),
      0,
      ['accepts-retired-key critical api 7 websocket'],
    ],
  ])('%s', (_, record, seen, after, expected) => {
    expect(found(record, seen, after)).toEqual(expected);
  });

  it('is a rotation that is open for longer than its drain and a day', () => {
    // Opened an hour before its state was entered; it drains for an hour and two minutes.
    const limit = 24 * hour + 2 * minute;
    expect(found(staged, use(now, both), limit)).toEqual([]);
    expect(found(staged, use(now, both), limit + 1)).toEqual(['rotation-stalled warning 8']);
  });

  it('has since when it should be otherwise', () => {
    const [one] = deviationsIn(staged, use(now, { ...both, but: rejects(8) }), now);
    expect(one).toMatchObject({ since: entry } satisfies Partial<Deviation>);
  });
});
