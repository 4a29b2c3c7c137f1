import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/rotate/evaluate.js';
import type { Gate, GateInput } from '../../src/rotate/gate.js';
import { exitCodeOfGate, gateAfter, gateBefore, startGate } from '../../src/rotate/gates.js';
import type { KeyUse } from '../../src/rotation/key-use.js';
import type { RotationRecord } from '../../src/rotation/rotation-record.js';
import { api, auth, entry, hour, minute, presented, recordIn, second, signed, use } from './support/uses.js';

const terms = recordIn('idle').terms;

const input = (record: RotationRecord | null, uses: readonly KeyUse[], more: Partial<GateInput> = {}) => ({
  uses,
  record,
  terms: record?.terms ?? terms,
  tokenTypes: ['access'],
  trusts: [],
  now: (uses.at(-1)?.endedAt ?? entry) + second,
  ...more,
});

/** Exit code and what is waited for, in words. */
function decide(gate: Gate | null, given: GateInput): string[] {
  if (gate === null) return ['no gate'];
  const result = evaluate(gate, given);
  const waiting = result.holds
    ? []
    : result.waitingFor.map(({ condition, participant, probe, instance, what, is }) =>
        [is, condition, participant, probe, instance, what].filter((word) => word != null).join(' | '),
      );
  return [String(exitCodeOfGate(result)), ...waiting];
}

const before = { accepts: [7] };
const both = { accepts: [7, 8] };
const moved = { accepts: [7, 8], signs: 8 };
const done = { accepts: [8], rejects: [7], signs: 8 };

/** Two checks that are all that a gate needs. */
const twice = (of: Parameters<typeof use>[1]) => [use(entry + minute, of), use(entry + 3 * minute, of)];

describe('idle to staged', () => {
  const start = (seen: KeyUse, more: Partial<GateInput> = {}, record: RotationRecord | null = null) =>
    decide(startGate(), input(record, [seen], more));

  it('holds where everyone is on one key and all is known', () => {
    expect(start(use(entry, before))).toEqual(['0']);
    expect(
      start(
        use(entry, before),
        {},
        recordIn('finished', {
          times: { opened: '2026-01-01T00:00:00.000Z', finished: '2026-01-01T00:00:00.000Z' },
        }),
      ),
    ).toEqual(['0']);
  });

  it.each<[string, Partial<KeyUse>, Partial<GateInput>, string[]]>([
    ['drift', { verdict: 'inconsistent' }, {}, ['1', 'refuted | consistent | the check is inconsistent']],
    [
      'a check that could not tell',
      { verdict: 'inconclusive' },
      {},
      ['3', 'unproved | consistent | the check is inconclusive'],
    ],
    [
      'a verifier without a probe',
      { participants: [auth, { ...api, probes: [] }] },
      {},
      ['3', 'unproved | verifiers-proved | api | has no probe, so it cannot be proved which keys it accepts'],
    ],
    [
      'a verifier without a probe that is trusted',
      { participants: [auth, { ...api, probes: [] }] },
      { trusts: ['api'] },
      ['0'],
    ],
    [
      'an issuer that follows latest',
      { participants: [{ ...auth, binding: 'latest' }, api] },
      { trusts: ['auth'] },
      [
        '1',
        'refuted | no-latest | auth | follows `latest`, so it would sign with the new version at once: let it follow the alias instead',
      ],
    ],
    ['a verifier that follows latest', { participants: [auth, { ...api, binding: 'latest' }] }, {}, ['0']],
    [
      'a token type whose life is not known',
      {},
      { tokenTypes: ['access', 'refresh'] },
      [
        '3',
        'unproved | lives-known | the longest life of refresh tokens is not known: set rotation.drain.refresh',
      ],
    ],
    [
      'a token that lives longer than configured',
      { signed: [signed(7, { lifeMs: 2 * hour })] },
      {},
      [
        '1',
        'refuted | lives-known | auth | signs access tokens that live 7200s; rotation.drain.access is 3600s',
      ],
    ],
    ['a token that lives as long as configured', { signed: [signed(7, { lifeMs: hour })] }, {}, ['0']],
    [
      'a token of a type that is not waited for',
      { signed: [signed(7, { lifeMs: 2 * hour })] },
      { terms: { ...terms, drain: { access: 'reauthenticate' } } },
      ['0'],
    ],
  ])('with %s', (_, more, given, expected) => {
    expect(start(use(entry, { ...before, more }), given)).toEqual(expected);
  });

  it('is refuted while a rotation is open', () => {
    expect(start(use(entry, both), {}, recordIn('staged'))).toEqual([
      '1',
      'refuted | nothing-open | rotation r1 is open (staged)',
    ]);
  });
});

describe('staged to promoted', () => {
  const record = recordIn('staged');
  const next = (uses: readonly KeyUse[], more: Partial<GateInput> = {}) =>
    decide(gateAfter(record), input(record, uses, more));
  const late = { now: entry + 20 * minute };
  const at = entry + 20 * minute - 5 * second;
  const once = 'not-yet | twice | it must hold in two checks that are 60s apart';

  it('holds once it held twice, apart, and after the change has arrived', () => {
    expect(next(twice(both))).toEqual(['0']);
    expect(next([use(entry + minute, both), use(entry + 2 * minute + second, both)])).toEqual(['0']);
  });

  it.each<[string, number[]]>([
    ['only once', [60]],
    ['not far enough apart', [60, 120]],
    ['the first before the change had arrived', [59, 121]],
    ['both before the state was entered', [-120, -50]],
  ])('does not hold: %s', (_, seconds) => {
    const uses = seconds.map((after) => use(entry + after * second, both));
    const now = entry + (Math.max(0, ...seconds) + 1) * second;
    const [code, ...rest] = next(uses, { now });
    expect(code).toBe('3');
    expect(rest.join()).toMatch(/two checks|no check has been made/);
  });

  it('starts again after a check that did not show it', () => {
    const gap = use(entry + 2 * minute, { ...both, but: [presented('api', 8, 'inconclusive')] });
    const [first, second] = twice(both);
    expect(next([first, gap, second].filter((one) => one !== undefined))).toEqual(['3', once]);
  });

  it('says from when on it can hold', () => {
    const result = evaluate(gateAfter(record) ?? startGate(), input(record, [use(entry + minute, both)]));
    expect(result).toMatchObject({
      waitingFor: [{ since: entry + minute, until: entry + minute + second + minute }],
    });
  });

  it.each<[string, Parameters<typeof use>[1], Partial<GateInput>, string[]]>([
    [
      'a verifier lags',
      { ...both, but: [presented('api', 8, 'rejected', { probe: 'websocket' })] },
      {},
      ['3', 'not-yet | accepts-new-key | api | websocket | rejects tokens of version 8 (access)'],
    ],
    [
      'a verifier lags for too long',
      { ...both, but: [presented('api', 8, 'rejected', { probe: 'websocket' })] },
      late,
      ['1', 'refuted | accepts-new-key | api | websocket | rejects tokens of version 8 (access)'],
    ],
    [
      'one replica of several lags',
      {
        ...both,
        but: [
          presented('api', 8, 'accepted', { instance: 'a' }),
          presented('api', 8, 'rejected', { instance: 'b' }),
        ],
      },
      {},
      ['3', 'not-yet | accepts-new-key | api | http | b | rejects tokens of version 8 (access)'],
    ],
    [
      'the old key is rejected, which nothing excuses',
      { ...both, but: [presented('api', 7, 'rejected')] },
      {},
      ['1', 'refuted | accepts-old-key | api | http | rejects tokens of version 7 (access)'],
    ],
    [
      'everything is accepted',
      { ...both, but: [presented('api', 'forged', 'accepted')] },
      { trusts: ['api'] },
      ['1', 'refuted | rejects-forged | api | http | accepts forged tokens'],
    ],
    [
      'an answer is not clear',
      { ...both, but: [presented('api', 8, 'inconclusive')] },
      {},
      ['3', 'unproved | accepts-new-key | api | http | gave no clear answer to tokens of version 8 (access)'],
    ],
    [
      'a token type was not presented with the new key',
      {
        ...both,
        but: [presented('api', 7, 'accepted'), presented('api', 7, 'accepted', { tokenType: 'refresh' })],
      },
      {},
      ['3', 'unproved | accepts-new-key | api | http | was not asked with tokens of version 8 (refresh)'],
    ],
    [
      'nothing was presented',
      { ...both, more: { presented: [] } },
      { trusts: ['auth'] },
      [
        '3',
        ...[
          ['accepts-old-key', 'tokens of version 7'],
          ['accepts-new-key', 'tokens of version 8'],
          ['rejects-forged', 'forged tokens'],
        ].flatMap(([condition, tokens]) =>
          ['http', 'websocket'].map(
            (probe) => `unproved | ${condition} | api | ${probe} | was not asked with ${tokens}`,
          ),
        ),
      ],
    ],
    [
      'a replica says that it lacks the key',
      { ...both, more: { stated: [{ participant: 'api', instance: 'b', accepts: [7] }] } },
      {},
      ['3', 'not-yet | accepts-new-key | api | b | does not list version 8 among the keys it accepts'],
    ],
    [
      'a verifier without a probe joined',
      { ...both, more: { participants: [auth, api, { ...api, name: 'new', probes: [] }] } },
      {},
      ['3', 'unproved | verifiers-proved | new | has no probe, so it cannot be proved which keys it accepts'],
    ],
  ])('does not hold where %s', (_, of, more, expected) => {
    const result = next(
      [use(entry + minute, both), use(more.now === undefined ? entry + 3 * minute : at, of)],
      more,
    );
    expect(result).toEqual(expected);
  });

  it('goes by what is trusted only where nothing could be proved', () => {
    const inconclusive = { ...both, but: [presented('api', 8, 'inconclusive')] };
    const result = evaluate(
      gateAfter(record) ?? startGate(),
      input(record, twice(inconclusive), { trusts: ['api'] }),
    );
    expect(result).toMatchObject({ holds: true, trusted: ['api'] });
    expect(
      decide(
        gateAfter(recordIn('staged', { trusts: ['api'] })),
        input(recordIn('staged', { trusts: ['api'] }), twice(inconclusive)),
      ),
    ).toEqual(['0']);
  });

  it('has who accepts which key, and since when', () => {
    const { evidence } = evaluate(gateAfter(record) ?? startGate(), input(record, twice(both)));
    expect(evidence).toContainEqual({
      participant: 'api',
      probe: 'websocket',
      instance: null,
      key: 8,
      isBackdated: false,
      did: 'accepted',
      tokens: 1,
      since: entry + minute,
    });
  });

  it.each([
    ['a check from the future', entry + 2 * minute],
    ['a state from the future', entry - minute],
  ])('does not hold where the clock was set: %s', (_, now) => {
    expect(next(twice(both), { now }).at(-1)).toContain('the clock of this machine is behind');
  });

  it('does not hold on a check of long ago', () => {
    expect(next(twice(both), { now: entry + hour })).toEqual([
      '3',
      'unproved | checked | the latest check is too old: check again',
    ]);
  });
});

describe('promoted to revoked', () => {
  const record = recordIn('promoted');
  const next = (uses: readonly KeyUse[], more: Partial<GateInput> = {}, of = record) =>
    decide(gateAfter(of), input(of, uses, more));
  /** The second check, from which on no token of version 7 can have been signed. */
  const movedAt = entry + 3 * minute + second;
  const over = movedAt + hour + 2 * minute;

  it('drains from the check that confirmed it, not from the command', () => {
    const uses = [...twice(moved), use(over - 2 * second, moved)];
    const until = new Date(over).toISOString();
    expect(next(uses, { now: over - 1 })).toEqual([
      '3',
      `not-yet | drained | tokens of the other key can be valid until ${until}`,
    ]);
    expect(next(uses, { now: over })).toEqual(['0']);
  });

  it('drains anew after a later sighting', () => {
    const sighting = use(entry + 30 * minute, both);
    const again = [use(entry + 31 * minute, moved), use(entry + 33 * minute, moved)];
    const until = entry + 33 * minute + second + hour + 2 * minute;
    expect(next([...twice(moved), sighting, ...again, use(until - second, moved)], { now: until })).toEqual([
      '0',
    ]);
    const result = evaluate(gateAfter(record) ?? startGate(), input(record, [...twice(moved), sighting]));
    expect(result).toMatchObject({
      holds: false,
      refuted: true,
      moved: { at: null, lastSighting: entry + 30 * minute + second },
    });
  });

  it('goes on from what the secret remembers, unless another process saw the old key since', () => {
    const remembered = recordIn('promoted', { movedAt: new Date(movedAt).toISOString() });
    expect(next([use(over, moved)], {}, remembered)).toEqual(['0']);
    expect(next([use(over, both)], {}, remembered)[0]).toBe('1');
  });

  it('waits for as long as tokens really live', () => {
    const long = { ...moved, more: { signed: [signed(8, { lifeMs: 3 * hour })] } };
    expect(next([...twice(long), use(over, long)], { now: over + second })[0]).toBe('3');
    expect(next([...twice(long), use(over + 2 * hour, long)])).toEqual(['0']);
  });

  it('does not wait for a type whose users sign in again', () => {
    const short = recordIn('promoted', { terms: { ...record.terms, drain: { access: 'reauthenticate' } } });
    expect(next([...twice(moved), use(movedAt + 2 * minute, moved)], {}, short)).toEqual(['0']);
  });

  it.each<[string, Parameters<typeof use>[1], string[]]>([
    ['an issuer that lags', both, ['not-yet | signs-with-key | auth | signs with version 7']],
    [
      'one replica that lags',
      { ...moved, more: { signed: [signed(8, { instance: 'a' }), signed(7, { instance: 'b' })] } },
      ['not-yet | signs-with-key | auth | b | signs with version 7'],
    ],
    [
      'a key from elsewhere',
      { ...moved, more: { signed: [signed(null)] } },
      ['refuted | signs-with-key | auth | signs with a key that no version of the secret holds'],
    ],
    [
      'an issuer that shows no token',
      { ...moved, more: { signed: [] } },
      ['unproved | signs-with-key | auth | showed no token that it signed'],
    ],
    [
      'an issuer that only states it, though it has a mint endpoint',
      { ...moved, more: { signed: [signed(8, { proof: 'fingerprint' })] } },
      ['unproved | signs-with-key | auth | showed no token that it signed'],
    ],
    [
      'a verifier that forgot the new key',
      { ...moved, but: [presented('api', 8, 'rejected')] },
      ['refuted | accepts-new-key | api | http | rejects tokens of version 8 (access)'],
    ],
  ])('does not hold with %s', (_, of, expected) => {
    const result = next([use(entry + minute, moved), use(entry + 3 * minute, of)]);
    expect(result.slice(1, 1 + expected.length)).toEqual(expected);
    expect(result[0]).toBe(expected[0]?.startsWith('refuted') ? '1' : '3');
  });

  it('goes by the fingerprint of an issuer that has nothing else to show', () => {
    const more = {
      participants: [{ ...auth, canMint: false }, api],
      signed: [signed(8, { proof: 'fingerprint' })],
    };
    const uses = [...twice({ ...moved, more }), use(over, { ...moved, more })];
    expect(next(uses)).toEqual(['0']);
  });

  it('does not wait in a cutover', () => {
    const of = recordIn('promoted', { mode: 'cutover' });
    expect(next(twice(done), {}, of)).toEqual(['0']);
  });
});

describe('revoked to finished', () => {
  const record = recordIn('revoked');
  const next = (of: Parameters<typeof use>[1], more: Partial<GateInput> = {}, as = record) =>
    decide(gateAfter(as), input(as, [use(entry + minute, done), use(entry + 3 * minute, of)], more));

  it('holds where tokens of the old key are rejected, backdated ones too', () => {
    expect(next(done)).toEqual(['0']);
  });

  it.each<[string, Parameters<typeof use>[1], string[]]>([
    [
      'a verifier that still accepts it',
      { ...done, but: [presented('api', 7, 'accepted')] },
      ['3', 'not-yet | rejects-retired | api | http | accepts tokens of version 7 (access)'],
    ],
    [
      'a verifier that accepts a backdated token',
      { ...done, but: [presented('api', 7, 'accepted', { isBackdated: true })] },
      ['3', 'not-yet | rejects-retired | api | http | accepts backdated tokens of version 7 (access)'],
    ],
    [
      'no backdated token',
      { ...done, more: { presented: use(entry, done).presented.filter((one) => !one.isBackdated) } },
      [
        '3',
        ...['auth | http', 'api | http', 'api | websocket'].map(
          (place) =>
            `unproved | rejects-retired | ${place} | was not asked with backdated tokens of version 7 (access)`,
        ),
      ],
    ],
    [
      'a deployment that names it',
      { ...done, more: { participants: [auth, { ...api, binding: '7' }] } },
      [
        '1',
        'refuted | no-pins | api | still names version 7 in its deployment, and could not start once it is disabled',
      ],
    ],
    [
      'an issuer that signs with it',
      { ...done, signs: 7 },
      ['1', 'refuted | signs-with-key | auth | signs with version 7'],
    ],
  ])('does not hold with %s', (_, of, expected) => {
    expect(next(of)).toEqual(expected);
  });

  it('has patience with issuers only in an emergency, where nothing came before', () => {
    expect(next({ ...done, signs: 7 }, {}, recordIn('revoked', { mode: 'emergency' }))[0]).toBe('3');
  });
});

describe('the end, and back', () => {
  it('has no gate after the last state', () => {
    expect(gateAfter(recordIn('finished'))).toBeNull();
  });

  it.each([['promoted'], ['revoked'], ['finished']] as const)('needs none to go back from %s', (state) => {
    expect(gateBefore(recordIn(state))).toBeNull();
  });

  it('does not take away a new key that an issuer signs with already', () => {
    const record = recordIn('staged');
    const back = (of: Parameters<typeof use>[1]) =>
      decide(gateBefore(record), input(record, [use(entry + second, of)]));
    expect(back(both)).toEqual(['0']);
    expect(back(moved)).toEqual(['1', 'refuted | no-signer-of-key | auth | signs with version 8']);
  });

  it('takes away a new key that was in use as carefully as an old one', () => {
    const times = { ...recordIn('staged').times, promoted: '2026-01-31T11:30:00.000Z' };
    const record = recordIn('staged', { times });
    const back = (uses: readonly KeyUse[]) => decide(gateBefore(record), input(record, uses));
    expect(back(twice(moved))[1]).toBe('not-yet | signs-with-key | auth | signs with version 8');
    expect(back(twice(both))[1]).toMatch(/^not-yet \| drained/);
    expect(back([...twice(both), use(entry + 2 * hour, both)])).toEqual(['0']);
  });
});
