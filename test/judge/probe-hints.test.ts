import { describe, expect, it } from 'vitest';
import { remedyOf, stepsOf } from '../../src/judge/remedy-steps.js';
import { probeHint } from '../../src/judge/rules/shared/probe-hints.js';
import type { Attempt } from '../../src/model.js';
import { tried } from '../support/observations.js';

const said = { words: ['connected'], form: 'json', members: {}, layer: 'websocket', location: null } as const;

describe('what to do about an answer that says neither', () => {
  it.each([
    [
      'websocket',
      { status: 101, reason: 'timeout', said },
      /waits for another message after what it said.*`messages`.*`settle`/,
    ],
    ['websocket', { status: 101, reason: 'timeout' }, /waits for another message, list.*`messages`/],
    ['websocket', { status: null, reason: 'timeout' }, /reachable.*`timeout`/],
    ['http', { status: null, reason: 'timeout' }, /reachable.*`timeout`/],
    ['http', { status: null, reason: 'dns' }, /does not resolve/],
    ['http', { status: null, reason: 'connection' }, /running/],
    ['http', { status: 404, reason: 'http-status' }, /path.*`method`/],
    ['websocket', { status: 404, reason: 'http-status' }, /^(?!.*`method`).*path/],
    ['http', { status: 302, reason: 'redirect', token: 'genuine' }, /final address/],
    [
      'http',
      { status: 302, reason: 'redirect', token: 'forged' },
      /"rejected": \{ "status": \[302, 401, 403\] \}/,
    ],
    ['http', { status: 429, reason: 'http-status' }, /limits the rate/],
    ['http', { status: 503, reason: 'http-status' }, /does not reach it/],
    ['websocket', { status: 101, closeCode: 1011, reason: 'http-status' }, /log.*1011/],
  ] as const)('%s %j', (kind, more, hint) => {
    const attempt = tried('api', { result: 'inconclusive', ...more });
    expect(remedyOf(stepsOf(probeHint(attempt, kind)))).toMatch(hint);
  });
});

describe('an answer to an invalid token, where the valid one was accepted', () => {
  const hintFor = (more: Partial<Attempt>): string =>
    remedyOf(stepsOf(probeHint(tried('api', { token: 'forged', ...more }), 'http', { acceptsValid: true })));

  it.each([400, 404, 405, 410, 418, 422])('of status %d may be how the service rejects', (status) => {
    const hint = hintFor({ status, result: 'inconclusive' });
    expect(hint).toContain('If that answer is how api rejects tokens, add to the probe http:');
    expect(hint).toContain(`"rejected": { "status": [${[401, 403, status].sort().join(', ')}] }`);
    expect(hint).not.toContain('nothing answers there');
  });

  it.each([200, 408, 425, 429, 500, 503])('of status %d says nothing about the token', (status) => {
    expect(hintFor({ status, result: 'inconclusive' })).not.toContain('"rejected"');
  });

  it('is a path that is wrong where the valid one got the same', () => {
    const attempt = tried('api', { token: 'forged', status: 404, result: 'inconclusive' });
    expect(remedyOf(stepsOf(probeHint(attempt, 'http')))).toContain('nothing answers there');
  });
});
