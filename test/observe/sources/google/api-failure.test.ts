import { describe, expect, it } from 'vitest';
import { apiFailureOf } from '../../../../src/observe/sources/google/api-failure.js';

const messageOf = (details: string): string | undefined =>
  apiFailureOf({ code: 14, details })?.network?.message;

describe('what gRPC says of a connection', () => {
  it.each([
    ['No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1', 'refused (ECONNREFUSED)'],
    ['Error: CERT_HAS_EXPIRED: certificate has expired', 'has expired (CERT_HAS_EXPIRED)'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)'],
    ['SSL routines: ssl3_read_bytes: tlsv1 alert', 'no secure connection came about (EPROTO)'],
    ['connect ENOBUFS', 'the connection failed'],
    ['No connection established', 'the connection failed'],
    ['Connection dropped', 'the connection failed'],
  ])('is explained by its code: %s', (details, words) => {
    expect(messageOf(details)).toContain(words);
  });

  it.each([
    'The service is currently unavailable.',
    'ERROR: try again later',
    'Received HTTP status code 503',
    '',
  ])('is nothing where the API answered itself: %s', (details) => {
    expect(apiFailureOf({ code: 14, details })).toMatchObject({ status: 'UNAVAILABLE', network: null });
  });

  it.each([
    'ERR_SSL_ya29_aTokenOfGoogle_0123456789',
    'ERR_TLS_ya29_aTokenOfGoogle_0123456789',
    'CERT_WITH_A_SECRET_IN_ITS_NAME',
    'UNABLE_TO_HIDE_A_SECRET',
  ])('shows no code that is not known, because it could be anything: %s', (details) => {
    expect(messageOf(details)).toMatch(/\(EPROTO\)$/);
  });
});
