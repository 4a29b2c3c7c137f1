import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rotation } from '../../src/config/rotation-schema.js';
import {
  enteredAt,
  isOpen,
  parseRecord,
  serializeRecord,
  termsOf,
} from '../../src/rotation/rotation-record.js';
import { saltedHashOf } from '../../src/secret/fingerprint.js';
import { Secret } from '../../src/secret/secret.js';
import { runs } from '../support/random.js';
import { entry, recordIn } from './support/uses.js';

const text = (change: object): string => JSON.stringify({ ...recordIn('staged'), ...change });

describe('the record of a rotation', () => {
  it.each(['idle', 'staged', 'promoted', 'revoked', 'finished'] as const)(
    'is read as it was written: %s',
    (state) => {
      const record = recordIn(state);
      expect(parseRecord(serializeRecord(record))).toEqual({ ok: true, record });
    },
  );

  it('knows whether it is open, and since when', () => {
    expect(
      ['idle', 'staged', 'promoted', 'revoked', 'finished'].filter((_, index) => {
        const state = (['idle', 'staged', 'promoted', 'revoked', 'finished'] as const)[index];
        return state !== undefined && isOpen(recordIn(state));
      }),
    ).toEqual(['staged', 'promoted', 'revoked']);
    expect(isOpen(null)).toBe(false);
    expect(enteredAt(recordIn('staged'))).toBe(entry);
    const times = { opened: '2026-01-31T11:00:00.000Z', rolledBack: '2026-01-31T13:00:00.000Z' };
    expect(enteredAt(recordIn('idle', { times }))).toBe(Date.parse(times.rolledBack));
  });

  it('keeps the settings of its start', () => {
    const settings = rotation.parse({ drain: { access: '1h', refresh: 'reauthenticate' }, settle: '5s' });
    expect(termsOf(settings)).toEqual({
      drain: { access: 3_600_000, refresh: 'reauthenticate' },
      skew: 120_000,
      settle: 5000,
      patience: 900_000,
      aliases: { current: 'current', next: 'next', previous: 'previous' },
    });
  });

  it('is refused in the format of a later version, by name', () => {
    expect(parseRecord(text({ format: 2, unheardOf: true }))).toEqual({
      ok: false,
      message: 'The annotation jwtcheck-rotation has format 2; this version of jwtcheck reads format 1 only',
      hint: 'A later version of jwtcheck is rotating this secret: use that version.',
    });
  });

  it.each([
    ['no JSON', '{', 'it is not a JSON object of the expected form'],
    ['another type', '7', 'it is not a JSON object of the expected form'],
    ['an unknown key', text({ more: 1 }), 'it is not a JSON object of the expected form'],
    ['a state that does not exist', text({ state: 'paused' }), '`state` is not valid'],
    ['a time that is none', text({ times: { opened: 'today' } }), '`times.opened` is not valid'],
    [
      'a hash that is a whole key',
      text({ intent: { ...recordIn('staged').intent, hashes: ['a'.repeat(64)] } }),
      '`intent.hashes.0` is not valid',
    ],
    ['no new version', text({ to: null }), 'it is staged without a new version'],
    ['a new version that is older', text({ to: 7 }), 'the new version is not newer than the old one'],
    ['no time for its state', text({ state: 'revoked' }), 'it has no time for revoked'],
    ['a text without end', ' '.repeat(9000), 'it is not a JSON object of the expected form'],
  ])('is not %s', (_, value, problem) => {
    expect(parseRecord(value)).toMatchObject({
      ok: false,
      message: `The annotation jwtcheck-rotation is not a rotation record: ${problem}`,
    });
  });

  it('is not written where it would be too long', () => {
    const trusts = Array.from({ length: 100 }, (_, index) => `${index}`.padStart(200, 'x'));
    expect(() => serializeRecord(recordIn('staged', { trusts }))).toThrow('would be longer than 8192 bytes');
  });

  it('never makes a parser throw, and what is refused is never shown', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((more) => text({ id: more, [JSON.stringify(more)]: more })),
        ),
        (value) => {
          const parsed = parseRecord(value);
          if (parsed.ok) expect(parseRecord(serializeRecord(parsed.record))).toEqual(parsed);
          else expect(parsed.message).toMatch(/^The annotation jwtcheck-rotation [\x20-\x7e]+$/);
        },
      ),
      { numRuns: runs(2000, 200) },
    );
  });
});

describe('the salted hash of a key', () => {
  const key = new Secret(Buffer.from('a-key-of-this-rotation'));

  it('has 64 bits, and differs by salt and by key', () => {
    const hash = saltedHashOf(key, '0011223344556677');
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(saltedHashOf(key, '0011223344556677')).toBe(hash);
    expect(saltedHashOf(key, '0011223344556678')).not.toBe(hash);
    expect(saltedHashOf(new Secret(Buffer.from('another key')), '0011223344556677')).not.toBe(hash);
  });
});
