import { expect, it } from 'vitest';
import type { ReadError } from '../../src/model.js';
import { CredentialsError } from '../../src/observe/sources/google/failure.js';
import { writeErrorOf } from '../../src/rotate/store-answers.js';

const failure: ReadError = { code: 'http-status', message: 'what was wrong', hint: 'what to do' };

/** An error as Google's client throws it over REST. */
const answered = (status: string, message = '') =>
  Object.assign(new Error(JSON.stringify({ error: { status, message } })), { status: 400 });

it.each([
  ['a stale etag', answered('FAILED_PRECONDITION'), true, 'stale'],
  ['a stale etag, as AIP-154 has it', answered('ABORTED'), true, 'stale'],
  ['a precondition of a call without an etag', answered('FAILED_PRECONDITION'), false, 'rejected'],
  ['a conflict of a call without an etag', answered('ABORTED'), false, 'unknown'],
  [
    'the state of a version',
    answered('FAILED_PRECONDITION', 'SecretVersion.state is already DESTROYED.'),
    true,
    'rejected',
  ],
  ['a missing permission', answered('PERMISSION_DENIED'), true, 'rejected'],
  ['a quota', answered('RESOURCE_EXHAUSTED'), true, 'rejected'],
  ['missing credentials', new CredentialsError('missing', null), true, 'rejected'],
  ['an unavailable service', answered('UNAVAILABLE'), true, 'unknown'],
  ['an error of the service', answered('INTERNAL'), true, 'unknown'],
  ['an answer of something else', Object.assign(new Error('<html>'), { status: 502 }), true, 'unknown'],
  ['a broken connection', Object.assign(new Error(''), { code: 'ECONNRESET' }), true, 'unknown'],
])('%s', (_what, error, hasEtag, reason) => {
  const written = writeErrorOf(error, failure, 'projects/p/secrets/s', hasEtag);
  expect(written.reason).toBe(reason);
  if (reason === 'rejected') expect(written).toEqual({ ...failure, reason });
  if (reason === 'unknown')
    expect(written.message).toContain('what was wrong; the change may have been made');
});

it.each(['dns', 'tls'] as const)('nothing was sent where the connection failed with %s', (code) => {
  const error = Object.assign(new Error(''), { code: 'ANY' });
  expect(writeErrorOf(error, { ...failure, code }, 'projects/p/secrets/s', true).reason).toBe('rejected');
});
