import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type FingerprintHandler,
  type FingerprintOptions,
  fingerprintHandler,
  type honoHandler,
  type Key,
  type koaMiddleware,
  type nodeHandler,
} from '../../src/endpoint/index.js';
import { proofVectors } from '../support/proof-vectors.js';

const minimal = { service: 'api', secret: () => 'a key' };
const token = 'sixteen-characters-and-more';

describe('the types', () => {
  it('are those of the web and of keys', () => {
    expectTypeOf<FingerprintHandler>().toEqualTypeOf<
      (request: Request, address?: string) => Promise<Response>
    >();
    expectTypeOf<Key>().toEqualTypeOf<string | Uint8Array>();
    expectTypeOf<ReturnType<typeof honoHandler>>().returns.resolves.toEqualTypeOf<Response>();
    expectTypeOf<ReturnType<typeof koaMiddleware>>().returns.resolves.toBeVoid();
    expectTypeOf<ReturnType<typeof nodeHandler>>().returns.resolves.toBeVoid();
    // As it stands in many a program.
    expectTypeOf<typeof process.env.X>().toExtend<
      Awaited<ReturnType<NonNullable<FingerprintOptions['secret']>>>
    >();
    const fine: FingerprintOptions[] = [
      { ...minimal, token },
      { ...minimal, token: process.env.UNSET },
      { ...minimal, token: [token], accepts: async () => [Buffer.from('x')] },
      { ...minimal, sharedKey: { header: 'x-key', key: token }, loadedAt: () => new Date(0) },
      { ...minimal, authorize: () => true, rateLimit: false },
      { ...minimal, unauthenticated: true },
    ];
    expect(fine).toHaveLength(6);
  });
});

describe('it does not start', () => {
  it.each<[string, () => FingerprintHandler, RegExp]>([
    [
      'with an option that is misspelt, whose value is not repeated',
      // @ts-expect-error there is no such option
      () => fingerprintHandler({ ...minimal, token, previousSecret: 'the previous secret itself' }),
      /^jwtcheck\/endpoint: `previousSecret` is not an option; the options are secret, accepts, (?!.*the previous)/,
    ],
    [
      'with a part of an option that is misspelt',
      // @ts-expect-error there is no such part
      () => fingerprintHandler({ ...minimal, token, rateLimit: { requests: 1, seconds: 1, burst: 5 } }),
      /^jwtcheck\/endpoint: `rateLimit\.burst` is not an option; the options are rateLimit\.requests, rateLimit\.seconds$/,
    ],
    [
      'with a part of the shared key that is misspelt, whose value is not repeated',
      () => {
        const sharedKey = { header: 'x-key', key: token, previous: 'the old one' };
        return fingerprintHandler({ ...minimal, sharedKey });
      },
      /^jwtcheck\/endpoint: `sharedKey\.previous` is not an option; (?!.*the old one)/,
    ],
    [
      'with another kind of revealing',
      // @ts-expect-error neither of the two
      () => fingerprintHandler({ ...minimal, token, reveal: 'both' }),
      /`reveal` must be "fingerprint" or "proof"/,
    ],
    // @ts-expect-error no caller may ask
    ['without a caller who may ask', () => fingerprintHandler(minimal), /set exactly one of.*none is set/],
    [
      'with two ways to ask',
      // @ts-expect-error exactly one
      () => fingerprintHandler({ ...minimal, token, unauthenticated: true }),
      /not token and unauthenticated/,
    ],
    [
      'where the token is not set',
      () => fingerprintHandler({ ...minimal, token: undefined }),
      /check that its variable is set/,
    ],
    ['with an empty token', () => fingerprintHandler({ ...minimal, token: '' }), /at least 16 characters/],
    ['with a short token', () => fingerprintHandler({ ...minimal, token: 'abc' }), /at least 16 characters/],
    ['with no token in the list', () => fingerprintHandler({ ...minimal, token: [] }), /`token` is missing/],
    [
      'with one bad token',
      () => fingerprintHandler({ ...minimal, token: [token, 'two words, not one token'] }),
      /visible/,
    ],
    [
      'with a header that is none',
      () => fingerprintHandler({ ...minimal, sharedKey: { header: 'x key', key: token } }),
      /sharedKey.header/,
    ],
    [
      'unless it says so',
      // @ts-expect-error only true
      () => fingerprintHandler({ ...minimal, unauthenticated: false }),
      /must be true/,
    ],
    [
      'with a key instead of a function',
      // @ts-expect-error a function
      () => fingerprintHandler({ service: 'api', secret: 'a-live-secret', token }),
      /`secret` must be a function/,
    ],
    // @ts-expect-error a name
    ['without a name', () => fingerprintHandler({ secret: () => 'a key', token }), /`service` must name/],
    ['with too short fingerprints', () => fingerprintHandler({ ...minimal, token, length: 7 }), /8 to 64/],
    [
      'with a limit that admits no request',
      () => fingerprintHandler({ ...minimal, token, rateLimit: { requests: 0, seconds: 1 } }),
      /rateLimit/,
    ],
  ])('%s', (_name, start, problem) => {
    expect(start).toThrow(TypeError);
    expect(start).toThrow(problem);
    expect(start).not.toThrow(/a-live-secret/);
  });

  // As a program without types may pass them.
  it.each<[string, object, RegExp]>([
    [
      'all variables as the environment',
      { environment: { JWT: 'a-live-secret' } },
      /`environment` must be a string/,
    ],
    ['an object as the instance', { instance: { JWT: 'a-live-secret' } }, /`instance` must be a string/],
    ['a list as the algorithm', { algorithm: ['HS256'] }, /`algorithm` must be a string/],
    [
      'an object as the version',
      { version: { JWT: 'a-live-secret' } },
      /`version` must be a string or a function/,
    ],
    ['a text as the date', { loadedAt: '2026-01-31' }, /`loadedAt` must be a Date object or a function/],
    ['zero as the limit', { rateLimit: 0 }, /`rateLimit` must be an object, or/],
    ['nothing as the limit', { rateLimit: null }, /`rateLimit` must be an object, or/],
    ['yes as the limit', { rateLimit: true }, /`rateLimit` must allow/],
    ['a text as the caller', { caller: 'x-forwarded-for' }, /`caller` must be a function/],
    ['no function as the log', { onError: null }, /`onError` must be a function/],
    ['a number as the clock', { clock: 0 }, /`clock` must be a function/],
    ['a yes as the decision', { token: undefined, authorize: true }, /`authorize` must be a function/],
    ['a shared key alone', { token: undefined, sharedKey: token }, /`sharedKey` must be an object/],
    [
      'a shared key without its header',
      { token: undefined, sharedKey: { key: token } },
      /`sharedKey.header`/,
    ],
  ])('with %s', (_name, wrong, problem) => {
    const start = () => fingerprintHandler(Object.assign({ ...minimal, token }, wrong));
    expect(start).toThrow(TypeError);
    expect(start).toThrow(problem);
    expect(start).not.toThrow(/a-live-secret/);
  });

  it.each(proofVectors.servicesToRefuse)('under the name %j', (service) => {
    expect(() => fingerprintHandler({ ...minimal, token, service })).toThrow(/service/);
  });
});
