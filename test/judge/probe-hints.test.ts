import { describe, expect, it } from 'vitest';
import { remedyOf, stepsOf } from '../../src/judge/remedy-steps.js';
import { probeHint } from '../../src/judge/rules/shared/probe-hints.js';
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
