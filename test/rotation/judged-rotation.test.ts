import { describe, expect, it } from 'vitest';
import { judge } from '../../src/judge/judge.js';
import type { Attempt, Observation, ObservedRotation, OpenRotation } from '../../src/model.js';
import {
  httpProbe,
  observed,
  R,
  reading,
  S,
  secretManager,
  seen,
  T,
  tried,
} from '../support/observations.js';

const minute = 60_000;
const since = '2026-01-31T12:00:00.000Z';

/** The reference's key is R, version 7; the other one is S, version 8. Reversed once 8 is promoted. */
function rotation(state: OpenRotation['state'], more: Partial<OpenRotation> = {}): ObservedRotation {
  const isStaged = state === 'staged';
  return {
    record: {
      id: 'r1',
      mode: 'overlap',
      state,
      from: 7,
      to: 8,
      times: { opened: '2026-01-31T11:00:00.000Z', [state]: since },
      terms: { drain: { access: 60 * minute }, skew: 0, settle: minute, patience: 15 * minute },
      ...more,
    },
    keys: [
      { version: 7, fingerprint: isStaged ? R : S },
      { version: 8, fingerprint: isStaged ? S : R },
    ],
    unread: [],
    reference: isStaged ? 7 : 8,
    stated: [],
  };
}

const of = (version: string, result: 'accepted' | 'rejected', more: Partial<Attempt> = {}): Attempt =>
  tried('api', {
    minter: 'sm',
    version,
    ...(result === 'accepted'
      ? { result, status: 200, detail: '200 OK' }
      : { result, status: 401, detail: '401 Unauthorized' }),
    ...more,
  });
const forged = tried('api', {
  token: 'forged',
  expected: 'rejected',
  result: 'rejected',
  status: 401,
  detail: '401 Unauthorized',
});

function told(
  open: ObservedRotation,
  api: Partial<Observation>,
  attempts: readonly Attempt[],
  after = minute,
) {
  const participants = [
    secretManager(),
    seen('api', R, { probes: attempts.length > 0 ? [httpProbe] : [], ...api }),
  ];
  const report = judge(
    observed(participants, {
      attempts: [...attempts, forged],
      rotation: open,
      startedAt: new Date(Date.parse(since) + after),
    }),
    { failOn: 'critical' },
  );
  return [
    `${report.verdict} ${report.level}`,
    ...report.findings.map(({ code, severity }) => `${code} ${severity}`),
  ];
}

const staged = rotation('staged');
const promoted = rotation('promoted');
const cutover = rotation('promoted', { mode: 'cutover' });
const emergency = rotation('revoked', { mode: 'emergency' });
const unread = { source: null, reading: null };
const late = 16 * minute;

describe('an open rotation', () => {
  it.each<[string, ObservedRotation, Partial<Observation>, Attempt[], number, string[]]>([
    [
      'both keys are accepted',
      staged,
      {},
      [of('7', 'accepted'), of('8', 'accepted')],
      late,
      ['consistent INFO'],
    ],
    [
      'the old key is shown and both are accepted',
      promoted,
      { reading: reading(S) },
      [of('8', 'accepted'), of('7', 'accepted')],
      late,
      ['consistent INFO'],
    ],
    [
      'a single-key service changes over in a cutover',
      cutover,
      unread,
      [of('8', 'rejected')],
      minute,
      ['consistent INFO', 'rotation-lagging warning'],
    ],
    [
      'one that does not change over, and shows the old key',
      cutover,
      { reading: reading(S) },
      [of('8', 'rejected')],
      late,
      ['inconsistent CRITICAL', 'rotation-lagging error'],
    ],
    [
      'one that rejects the new key for a reason that is not known',
      cutover,
      unread,
      [of('8', 'rejected')],
      late,
      ['inconsistent CRITICAL', 'rejects-valid-token error'],
    ],
    [
      'a service that has not heard of the emergency',
      emergency,
      { reading: reading(S) },
      [of('8', 'rejected')],
      minute,
      ['consistent INFO', 'rotation-lagging warning'],
    ],
    [
      'a verifier that rejects both keys',
      staged,
      {},
      [of('7', 'rejected'), of('8', 'rejected')],
      minute,
      ['inconsistent CRITICAL', 'rejects-valid-token error'],
    ],
    [
      'a verifier that accepts any token',
      staged,
      {},
      [
        of('7', 'accepted'),
        of('8', 'rejected'),
        { ...forged, probe: 'http', result: 'accepted', status: 200, detail: '200 OK' },
      ],
      minute,
      ['inconsistent EMERGENCY', 'accepts-forged-token critical'],
    ],
    [
      'a third key',
      staged,
      { reading: reading(T) },
      [],
      minute,
      ['inconsistent WARNING', 'fingerprint-mismatch error'],
    ],
    [
      'a test framework that holds the old key',
      promoted,
      { role: 'other', source: 'env', reading: reading(S, { keyBytes: 48 }) },
      [],
      late,
      ['inconsistent WARNING', 'rotation-lagging error'],
    ],
    [
      'an endpoint that lists only the old key',
      { ...staged, stated: [{ participant: 'api', accepts: [7] }] },
      {},
      [],
      minute,
      ['consistent INFO', 'rotation-lagging warning'],
    ],
    [
      'a reference of another version, with which alone participants are compared',
      { ...staged, reference: null },
      { reading: reading(S) },
      [],
      late,
      ['inconsistent WARNING', 'fingerprint-mismatch error'],
    ],
  ])('%s', (_, open, api, attempts, after, expected) => {
    expect(told(open, api, attempts, after)).toEqual(expected);
  });
});
