import { inspect } from 'node:util';
import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { fingerprintHandler, type KeyReading, type KeyRing, keyRing } from '../../src/endpoint/index.js';
import { openKeyRing } from '../../src/endpoint/key-ring.js';
import { fakeTiming } from '../support/fake-timing.js';
import { fingerprint } from '../support/service.js';

const a = 'a'.repeat(32);
const b = 'b'.repeat(32);
const c = 'c'.repeat(32);

const text = (key: Uint8Array): string => new TextDecoder().decode(key).slice(0, 1);
const accepted = (keys: KeyRing): string => keys.accepts.map(text).join('');

afterEach(() => {
  vi.restoreAllMocks();
});

/** A ring whose loader returns what `reading` holds at that time. */
function ringOf(reading: KeyReading, options: { drain?: string; refresh?: string } = {}) {
  const state: { reading: KeyReading | Error | Promise<KeyReading>; reads: number } = { reading, reads: 0 };
  const errors: unknown[] = [];
  const timing = fakeTiming();
  const load = async (): Promise<KeyReading> => {
    state.reads += 1;
    const read = await state.reading;
    if (read instanceof Error) throw read;
    return read;
  };
  const drain = options.drain ?? '0s';
  const keys = openKeyRing({ ...options, load, drain, onError: (error) => errors.push(error) }, timing);
  return { state, errors, timing, keys };
}

describe('a key ring', () => {
  it('signs with one key, and accepts it first, then the others, each once', async () => {
    const { keys } = ringOf({ sign: b, accept: [c, null, undefined, b, a, c], version: '7' });
    await keys.ready();
    expect(text(keys.sign)).toBe('b');
    expect(accepted(keys)).toBe('bca');
    expect(keys.version).toBe('7');
    expect(keys.loadedAt).toEqual(new Date(1000));
  });

  it('reads again on its interval, and all keys of a reading take effect together', async () => {
    const { keys, state, timing } = ringOf({ sign: a, accept: [], version: '1' }, { refresh: '30s' });
    await timing.advance(0);
    const before = keys.accepts;
    state.reading = { sign: b, accept: [a], version: '2' };
    await timing.advance(29_999);
    expect([accepted(keys), keys.version, state.reads]).toEqual(['a', '1', 1]);
    await timing.advance(1);
    expect([text(keys.sign), accepted(keys), keys.version]).toEqual(['b', 'ba', '2']);
    expect(keys.loadedAt).toEqual(new Date(31_000));
    // A verifier in the middle of its loop keeps the list that it began with.
    expect(before.map(text)).toEqual(['a']);
    expect(Object.isFrozen(before)).toBe(true);
  });

  it.each([
    [0, 27_000],
    [0.5, 30_000],
    [1, 33_000],
  ])('varies the interval by up to 10 % (%d)', async (share, ms) => {
    const timing = fakeTiming(() => share);
    openKeyRing({ load: () => ({ sign: a, accept: [] }) }, timing);
    await timing.advance(0);
    expect(timing.timers()).toEqual([ms]);
  });

  it('makes one reading at a time, and gives up one that hangs', async () => {
    const { keys, state, errors, timing } = ringOf({ sign: a, accept: [] });
    await timing.advance(0);
    let late = (_: KeyReading): void => {};
    state.reading = new Promise((resolve) => {
      late = resolve;
    });
    await timing.advance(30_000);
    expect(state.reads).toBe(2);
    await timing.advance(9_999);
    expect([state.reads, errors]).toEqual([2, []]);
    await timing.advance(1);
    expect(String(errors[0])).toContain('did not end within 10000 ms');
    // A result that comes too late is older than the next reading's.
    late({ sign: c, accept: [] });
    state.reading = { sign: b, accept: [a] };
    await timing.advance(0);
    expect(accepted(keys)).toBe('a');
    await timing.advance(30_000);
    expect([state.reads, accepted(keys)]).toEqual([3, 'ba']);
  });

  it('aborts a reading that is given up, and one under way when it is closed', async () => {
    const signals: AbortSignal[] = [];
    const hanging = (signal: AbortSignal): Promise<never> => {
      signals.push(signal);
      return new Promise(() => {});
    };
    const timing = fakeTiming();
    const keys = openKeyRing({ load: hanging, drain: '0s', onError: () => {} }, timing);
    await timing.advance(10_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await timing.advance(30_000);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    keys.close();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('keeps the last keys while readings fail, reports each failure, and recovers', async () => {
    const { keys, state, errors, timing } = ringOf({ sign: a, accept: [b], version: '1' });
    await timing.advance(0);
    state.reading = new Error('unavailable');
    await timing.advance(60_000);
    expect(errors).toEqual([state.reading, state.reading]);
    expect([accepted(keys), keys.version, keys.loadedAt]).toEqual(['ab', '1', new Date(1000)]);
    state.reading = { sign: b, accept: [] };
    await timing.advance(30_000);
    expect([accepted(keys), keys.version]).toEqual(['b', undefined]);
  });

  it.each<[string, unknown]>([
    ['no reading', null],
    ['no sign key', { sign: null, accept: [] }],
    ['an empty sign key', { sign: '', accept: [] }],
    ['an empty accept key', { sign: b, accept: [new Uint8Array()] }],
    ['a misspelt member', { sign: b, accept: [], accepts: [a] }],
    ['one key in place of a list', { sign: b, accept: a }],
    ['a number as version', { sign: b, accept: [], version: 7 }],
    ['more keys than jwtcheck reads', { sign: b, accept: Array.from({ length: 64 }, (_, at) => `${at}`) }],
  ])('does not take over a part of a reading with %s', async (_name, wrong) => {
    const timing = fakeTiming();
    const errors: unknown[] = [];
    const state = { reading: Object({ sign: a, accept: [] }) };
    const keys = openKeyRing(
      { load: () => state.reading, drain: '0s', onError: (error) => errors.push(error) },
      timing,
    );
    await timing.advance(0);
    state.reading = wrong;
    await timing.advance(30_000);
    expect(errors).toHaveLength(1);
    expect(String(errors[0])).toMatch(/^KeyError: /);
    expect(String(errors[0])).not.toMatch(/[abc]{8}/);
    expect(accepted(keys)).toBe('a');
  });

  it('reads at once when it is asked to, after the reading under way and once for all who ask', async () => {
    const { keys, state, errors, timing } = ringOf({ sign: a, accept: [] });
    await timing.advance(0);
    let end = (_: KeyReading): void => {};
    state.reading = new Promise((resolve) => {
      end = resolve;
    });
    await timing.advance(30_000);
    const both = Promise.all([keys.refresh(), keys.refresh()]);
    await timing.advance(0);
    expect(state.reads).toBe(2);
    end({ sign: a, accept: [] });
    state.reading = { sign: b, accept: [] };
    await both;
    expect([state.reads, accepted(keys), timing.timers()]).toEqual([3, 'b', [30_000]]);
    state.reading = new Error(`cannot parse ${a}`);
    await expect(keys.refresh()).rejects.toThrow(/^the keys have not been read again: Error at /);
    expect([errors.length, accepted(keys), timing.timers()]).toEqual([1, 'b', [30_000]]);
    keys.close();
    await expect(keys.refresh()).rejects.toThrow('the key ring is closed');
    expect(state.reads).toBe(4);
  });

  it('ends with close, and keeps the keys', async () => {
    const { keys, state, timing } = ringOf({ sign: a, accept: [] });
    await timing.advance(0);
    keys.close();
    await timing.advance(90_000);
    expect([state.reads, timing.timers(), accepted(keys)]).toEqual([1, [], 'a']);
  });

  it('copies the keys, because their owner may overwrite them', async () => {
    const bytes = new TextEncoder().encode(a);
    const { keys } = ringOf({ sign: bytes, accept: [] });
    await keys.ready();
    bytes.fill(0);
    expect(accepted(keys)).toBe('a');
  });

  it('shows no key when it is printed', async () => {
    const { keys } = ringOf({ sign: a, accept: [b] });
    await keys.ready();
    const printed = `${inspect(keys, { showHidden: true, depth: 9 })}${JSON.stringify(keys)}${String(keys)}`;
    expect(printed).not.toMatch(/97|98|61|62|aaaa|bbbb/);
  });
});

describe('the time for which a replaced key stays accepted', () => {
  it('is none where the roles are stated: an emergency ends it at once', async () => {
    const timing = fakeTiming();
    let reading = { sign: a, accept: [b] };
    const keys = openKeyRing({ load: () => reading }, timing);
    await timing.advance(0);
    reading = { sign: c, accept: [] };
    await timing.advance(30_000);
    expect(accepted(keys)).toBe('c');
  });

  it('must be stated where the loader knows one key', async () => {
    const timing = fakeTiming();
    // @ts-expect-error without `accept`, `drain` is needed
    const keys = openKeyRing({ load: () => ({ sign: a }), onError: () => {} }, timing);
    await expect(keys.ready()).rejects.toThrow('set `drain`');
  });

  it('counts from the reading that replaced it, and ends without another reading', async () => {
    const { keys, state, timing } = ringOf({ sign: a }, { drain: '1h', refresh: '1m' });
    await timing.advance(0);
    state.reading = { sign: b };
    await timing.advance(60_000);
    expect([text(keys.sign), accepted(keys)]).toEqual(['b', 'ba']);
    state.reading = new Error('unavailable');
    await timing.advance(3_599_999);
    expect(accepted(keys)).toBe('ba');
    await timing.advance(1);
    expect(accepted(keys)).toBe('b');
  });

  it('is counted for each of several keys, and starts again for one that signed again', async () => {
    const { keys, state, timing } = ringOf({ sign: a }, { drain: '100s', refresh: '10s' });
    await timing.advance(0);
    state.reading = { sign: b };
    await timing.advance(10_000);
    state.reading = { sign: c };
    await timing.advance(40_000);
    expect(accepted(keys)).toBe('cba');
    state.reading = { sign: a };
    await timing.advance(10_000);
    expect(accepted(keys)).toBe('acb');
    // `a` signs now: its own time from before does not end it.
    await timing.advance(60_000);
    expect(accepted(keys)).toBe('ac');
    state.reading = { sign: b };
    await timing.advance(10_000);
    expect(accepted(keys)).toBe('bac');
    await timing.advance(30_000);
    expect(accepted(keys)).toBe('ba');
    await timing.advance(70_000);
    expect(accepted(keys)).toBe('b');
  });
});

describe('without any keys', () => {
  it('ready rejects without the message of the error, and resolves once a reading succeeds', async () => {
    const { keys, state, errors, timing } = ringOf({ sign: a, accept: [] });
    state.reading = new Error(`cannot parse ${a}`);
    await expect(keys.ready()).rejects.toThrow(/^no keys have been read yet: Error at /);
    await keys.ready().catch((error: unknown) => {
      expect(inspect(error)).not.toContain(a);
    });
    expect(errors).toEqual([state.reading]);
    expect(() => keys.sign).toThrow('no keys have been read yet');
    expect([keys.version, keys.loadedAt]).toEqual([undefined, undefined]);
    state.reading = { sign: b, accept: [] };
    await timing.advance(30_000);
    await keys.ready();
    expect(accepted(keys)).toBe('b');
  });

  it('the endpoint answers 503, and then with what was read', async () => {
    const { keys, state, timing } = ringOf({ sign: a, accept: [] });
    state.reading = new Error('unavailable');
    const reported: unknown[] = [];
    const handle = fingerprintHandler({
      service: 'api',
      keys,
      unauthenticated: true,
      onError: (error) => reported.push(error),
    });
    await timing.advance(0);
    expect((await handle(new Request('http://x/'))).status).toBe(503);
    expect(String(reported[0])).toContain('no keys have been read yet');
    state.reading = { sign: b, accept: [c, a], version: '2' };
    await timing.advance(30_000);
    const answer = await handle(new Request(`http://x/?challenge=${'n'.repeat(22)}`));
    const body = await answer.json();
    expect(body).toMatchObject({
      fingerprint: fingerprint(b),
      accepts: [b, c, a].map((key) => fingerprint(key)),
      version: '2',
      loadedAt: new Date(31_000).toISOString(),
      proofs: [expect.any(String), expect.any(String), expect.any(String)],
    });
  });

  it('a failing reading is written to standard error, without its message', async () => {
    const lines: unknown[] = [];
    vi.spyOn(console, 'error').mockImplementation((line) => lines.push(line));
    const timing = fakeTiming();
    const load = (): never => {
      throw new RangeError(`cannot parse ${a}`);
    };
    openKeyRing({ load, drain: '0s' }, timing);
    await timing.advance(59_000);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^jwtcheck\/endpoint: the keys could not be read .*: RangeError at /);
    expect(lines[0]).not.toContain('aaaa');
    await timing.advance(31_000);
    expect(lines).toHaveLength(2);
  });

  it('a log that fails does not end the readings', async () => {
    const timing = fakeTiming();
    let reads = 0;
    const load = (): never => {
      reads += 1;
      throw new Error('unavailable');
    };
    const onError = (): never => {
      throw new Error('the log is full');
    };
    openKeyRing({ load, drain: '0s', onError }, timing);
    await timing.advance(60_000);
    expect(reads).toBe(3);
  });
});

describe('it does not start', () => {
  const load = () => ({ sign: a, accept: [] });
  it.each<[string, () => unknown, RegExp]>([
    [
      'with an option that is misspelt, whose value is not repeated',
      // @ts-expect-error there is no such option
      () => keyRing({ load, previous: 'the previous secret itself' }),
      /^jwtcheck\/endpoint: `previous` is not an option; the options are load, refresh, timeout, drain, onError$/,
    ],
    // @ts-expect-error it is required
    ['without a loader', () => keyRing({}), /`load` must be a function/],
    [
      'with a number as interval',
      () => keyRing({ load, refresh: Object(30) }),
      /`refresh` must be a duration/,
    ],
    ['without an interval', () => keyRing({ load, refresh: '0s' }), /`refresh` must be .* from 1ms to 1d/],
    ['with another unit', () => keyRing({ load, drain: '1w' }), /`drain` must be a duration such as "30s"/],
    [
      'with a log that is none',
      () => keyRing({ load, onError: Object('x') }),
      /`onError` must be a function/,
    ],
  ])('%s', (_name, start, problem) => {
    expect(start).toThrow(TypeError);
    expect(start).toThrow(problem);
  });

  it('takes a ring in place of functions, not beside them', () => {
    const { keys } = ringOf({ sign: a, accept: [] });
    const common = { service: 'api', unauthenticated: true } as const;
    // @ts-expect-error one of the two
    expect(() => fingerprintHandler({ ...common, keys, secret: () => a })).toThrow(
      '`keys` replaces `secret`: leave out one of them',
    );
    // @ts-expect-error the version follows the ring
    expect(() => fingerprintHandler({ ...common, keys, version: '7' })).toThrow('`keys` replaces `version`');
    expect(() => fingerprintHandler({ ...common, keys: Object(a) })).toThrow('`keys` must be a key ring');
  });
});

it('has keys of the type that jose and WebCrypto take', () => {
  expectTypeOf<KeyRing['sign']>().toExtend<Uint8Array<ArrayBuffer>>();
  expectTypeOf<KeyRing['accepts']>().toExtend<readonly Uint8Array[]>();
});
