import { describe, expect, it } from 'vitest';
import { type Answer, differingMembers, sameAnswer, sameLayer } from '../../src/judge/compare-answers.js';
import { distinction } from '../../src/judge/responses.js';
import type { Said } from '../../src/model.js';

const silence: Said = { words: [], form: 'none', members: {}, layer: null, location: null };

function answer(said: Partial<Said>, more: Partial<Answer> = {}): Answer {
  const form = said.members === undefined ? (said.words === undefined ? 'none' : 'text') : 'json';
  return {
    result: 'rejected',
    status: 401,
    closeCode: null,
    detail: '401 Unauthorized',
    said: { ...silence, form, ...said },
    ...more,
  };
}

describe('sameAnswer', () => {
  it.each<[what: string, one: Partial<Said>, other: Partial<Said>, same: boolean]>([
    ['the same words', { words: ['jwt expired'] }, { words: ['jwt expired'] }, true],
    ['other words', { words: ['jwt expired'] }, { words: ['invalid signature'] }, false],
    ['more words', { words: ['no'] }, { words: ['no', 'really'] }, false],
    ['a counter', { words: ['4 attempts left'] }, { words: ['3 attempts left'] }, true],
    ['a time', { words: ['at 2026-01-31T12:00:00.000Z'] }, { words: ['at 2026-02-01T13:11:12Z'] }, true],
    [
      'a date',
      { words: ['at Sat, 31 Jan 2026 12:00:00 GMT'] },
      { words: ['at Sun, 1 Feb 2026 09:15:00 GMT'] },
      true,
    ],
    [
      'an id',
      { words: ['request 0b5a3a4e-7d43-4c2f-8f3e-0a4f5f4b6c7d'] },
      { words: ['request 1c5a3a4e-7d43-4c2f-8f3e-0a4f5f4b6c7e'] },
      true,
    ],
    ['a random id', { words: ['ref r4nd0m1d5x9k2'] }, { words: ['ref q7w2e5r8t1y4u'] }, true],
    ['another form', { words: ['a'], form: 'text' }, { words: ['a'], form: 'html' }, false],
    ['another target', { location: 'https://a.example/in' }, { location: 'https://a.example/out' }, false],
    ['a flag', { members: { '/valid': true } }, { members: { '/valid': false } }, false],
    ['a code', { members: { '/code': 10401 } }, { members: { '/code': 0 } }, false],
    ['a count', { members: { '/remaining': 4 } }, { members: { '/remaining': 3 } }, true],
    ['the name of a replica', { members: { '/host': 'pod-a' } }, { members: { '/host': 'pod-b' } }, true],
    ['no user', { members: { '/user': null } }, { members: { '/user': 'jwtcheck-probe' } }, false],
    ['a guest', { members: { '/user': 'anonymous' } }, { members: { '/user': 'jwtcheck-probe' } }, false],
    ['a state', { members: { '/status': 'ok' } }, { members: { '/status': 'error' } }, false],
    [
      'another member',
      { members: { '/data': '<object>' } },
      { members: { '/errors/0/message': '<string>' } },
      false,
    ],
    [
      'a list that is empty',
      { members: { '/errors': '<empty list>' } },
      { members: { '/errors/0': '<string>' } },
      false,
    ],
  ])('%s', (_, one, other, same) => {
    expect(sameAnswer(answer(one), answer(other))).toBe(same);
    expect(sameAnswer(answer(other), answer(one))).toBe(same);
  });

  it('status and close code count', () => {
    expect(sameAnswer(answer({}), answer({}, { status: 403 }))).toBe(false);
    expect(sameAnswer(answer({}, { closeCode: 4401 }), answer({}, { closeCode: 4403 }))).toBe(false);
  });

  it('where one was not read for comparing, what is shown decides', () => {
    const shown = (detail: string): Answer => ({ ...answer({}), said: undefined, detail });
    expect(sameAnswer(shown('401: id 12'), { ...answer({}), detail: '401: id 13' })).toBe(true);
    expect(sameAnswer(shown('401: a'), shown('401: b'))).toBe(false);
  });

  it('the members in which they differ are named', () => {
    const one = { ...silence, members: { '/a': true, '/b': 1, '/c': '<string>' } };
    const other = { ...silence, members: { '/a': false, '/b': 2, '/d': null } };
    expect(differingMembers(one, other)).toEqual(['/a', '/c', '/d']);
  });
});

describe('sameLayer', () => {
  it.each<[what: string, one: Partial<Said>, other: Partial<Said>, same: boolean]>([
    [
      'a gateway that names nothing and a service',
      { form: 'html', layer: 'page of HAProxy' },
      { members: {}, layer: 'server: uvicorn; date' },
      false,
    ],
    [
      'one application, whatever the form',
      { form: 'html', layer: 'server: uvicorn' },
      { members: {}, layer: 'server: uvicorn' },
      true,
    ],
    [
      'a page of nginx and what passes through it',
      { form: 'html', layer: 'page of nginx; server: nginx' },
      { members: {}, layer: 'server: nginx' },
      false,
    ],
    [
      'passed through nginx, in two candidates',
      { form: 'text', layer: 'server: nginx' },
      { members: {}, layer: 'server: nginx' },
      false,
    ],
    [
      'nothing known, the same names',
      { members: { '/error': 'a' } },
      { members: { '/error': 'b', '/more': 1 } },
      true,
    ],
    ['nothing known, other names', { members: { '/message': 'a' } }, { members: { '/detail': 'b' } }, false],
    [
      "Envoy's own answer and the service's",
      { form: 'text', layer: 'server: envoy' },
      { form: 'text', layer: 'server: envoy; x-envoy-upstream-service-time' },
      false,
    ],
    ['a close code and a refused handshake', { layer: 'websocket' }, { layer: 'date' }, false],
  ])('%s', (_, one, other, same) => {
    expect(sameLayer(answer(one), answer(other))).toBe(same);
  });
});

describe('distinction', () => {
  const members = { '/error': '<string>' };
  const layer = 'server: uvicorn; date';
  const between = (valid: Answer, forged: Answer) => distinction([valid, valid], [forged]);
  const forged = answer({ words: ['no'], members, layer });

  it('is that the signature was verified, where the same layer gives another answer', () => {
    expect(between(answer({ words: ['Invalid audience'], members, layer }), forged)).toBe('verified');
  });

  it('is the layer, where another one answers', () => {
    const valid = answer({ words: ['Invalid audience'], members, layer }, { status: 403 });
    const gateway = answer({ words: ['Unauthorized'], form: 'html', layer: 'page of HAProxy' });
    expect(between(valid, gateway)).toBe('layers');
  });

  it.each(['Signature verification failed', 'invalid token or signature', 'wrong key'])(
    'proves nothing where the answer to the valid token is: %s',
    (words) => {
      expect(between(answer({ words: [words], members, layer }), forged)).toBe('signature');
    },
  );
});
