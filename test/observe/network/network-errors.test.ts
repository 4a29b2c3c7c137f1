import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readErrorCodes } from '../../../src/model.js';
import { known } from '../../../src/observe/network/error-messages.js';
import {
  isTransient,
  NetworkError,
  ProxyError,
  readErrorOf,
} from '../../../src/observe/network/network-errors.js';

const withCode = (code: string, message = 'text with a-secret in it'): Error =>
  Object.assign(new Error(message), { code });
const what = 'GET https://auth.example.com/fp';

describe('readErrorOf', () => {
  it.each([
    ['ENOTFOUND', 'dns', 'does not resolve'],
    ['EAI_AGAIN', 'dns', 'for now'],
    ['EAI_SERVICE', 'dns', 'could not be looked up'],
    ['ECONNREFUSED', 'connection', 'refused (ECONNREFUSED)'],
    ['ECONNRESET', 'connection', 'reset'],
    ['EHOSTUNREACH', 'connection', 'no route'],
    ['EMFILE', 'connection', 'too many open files'],
    ['UND_ERR_SOCKET', 'connection', 'closed without an answer'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'connection', 'before the answer was complete'],
    ['ETIMEDOUT', 'timeout', 'timed out'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout', 'timed out'],
    ['UND_ERR_HEADERS_OVERFLOW', 'too-large', 'header'],
    ['HPE_INVALID_CONSTANT', 'invalid-response', 'not HTTP'],
    ['HPE_SOMETHING_NEW', 'invalid-response', 'not HTTP'],
    ['CERT_HAS_EXPIRED', 'tls', 'has expired'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', 'self-signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', 'not trusted here'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'another host name'],
    ['UNABLE_TO_SOMETHING', 'tls', 'no secure connection'],
    ['ERR_SSL_SOMETHING', 'tls', 'no secure connection'],
    ['EPROTO', 'tls', 'no secure connection'],
    ['ESOMETHING', 'connection', 'the connection failed'],
  ])('maps %s to %s', (code, expected, words) => {
    const error = readErrorOf(withCode(code), what);
    expect(error.code).toBe(expected);
    expect(error.message).toContain(`${what}: `);
    expect(error.message).toContain(words);
    expect(JSON.stringify(error)).not.toContain('a-secret');
  });

  it('says what to do about certificates', () => {
    expect(readErrorOf(withCode('SELF_SIGNED_CERT_IN_CHAIN'), what).hint).toContain('`tls.ca`');
    expect(readErrorOf(withCode('ERR_TLS_CERT_ALTNAME_INVALID'), what).hint).toContain('`tls.serverName`');
    expect(readErrorOf(withCode('CERT_HAS_EXPIRED'), what).hint).toContain('Renew');
  });

  it('distinguishes an answer that broke off from one that never came', () => {
    expect(readErrorOf(withCode('ECONNRESET'), what, 'during').message).toContain(
      'before the answer was complete',
    );
    expect(readErrorOf(withCode('ECONNREFUSED'), what, 'during').message).toContain('refused');
  });

  it('looks into the attempts at every address of a name', () => {
    const error = new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')], '');
    expect(readErrorOf(Object.assign(error, { code: 'ECONNREFUSED' }), what).message).toContain('refused');
  });

  it('looks at causes', () => {
    expect(readErrorOf(new TypeError('fetch failed', { cause: withCode('ENOTFOUND') }), what).code).toBe(
      'dns',
    );
  });

  it('gives back what a NetworkError carries', () => {
    const readError = { code: 'tls', message: 'm', hint: 'h' } as const;
    expect(readErrorOf(new Error('outer', { cause: new NetworkError(readError) }), what)).toEqual(readError);
  });

  it('distinguishes the proxy from the target', () => {
    const unreachable = readErrorOf(new ProxyError(null, withCode('ECONNREFUSED')), what);
    expect(unreachable).toMatchObject({ code: 'connection', hint: expect.stringContaining('HTTPS_PROXY') });
    expect(unreachable.message).toBe(
      `${what}: on the way to the proxy: the connection was refused (ECONNREFUSED)`,
    );
    expect(readErrorOf(new ProxyError(407, null), what).hint).toContain('credentials');
    expect(readErrorOf(new ProxyError(403, null), what).message).toContain('status 403');
  });

  it('ends with causes that go in a circle', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });
    expect(readErrorOf(error, what).code).toBe('connection');
  });

  it('takes anything that is thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const { code, message } = readErrorOf(thrown, what);
        expect(readErrorCodes).toContain(code);
        expect(message.startsWith(what)).toBe(true);
        expect(isTransient(thrown)).toBe(false);
      }),
    );
  });
});

describe('isPassing', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'EAI_AGAIN', 'EHOSTUNREACH'])(
    '%s',
    (code) => {
      expect(isTransient(withCode(code))).toBe(true);
      expect(isTransient(new AggregateError([withCode(code)]))).toBe(true);
      expect(isTransient(new ProxyError(null, withCode(code)))).toBe(true);
    },
  );

  it.each(
    Object.keys(known).filter((code) => ['timeout', 'tls', 'too-large'].includes(known[code]?.code ?? '')),
  )('not %s', (code) => {
    expect(isTransient(withCode(code))).toBe(false);
  });

  it.each(['ENOTFOUND', 'HPE_INVALID_CONSTANT', 'UND_ERR_INVALID_ARG'])('not %s', (code) => {
    expect(isTransient(withCode(code))).toBe(false);
  });

  it('not a proxy that refuses', () => {
    expect(isTransient(new ProxyError(403, null))).toBe(false);
  });
});
