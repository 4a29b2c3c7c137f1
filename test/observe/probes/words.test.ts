import { expect, it, describe as suite } from 'vitest';
import { describe, statusText, wordsOf } from '../../../src/observe/probes/words.js';

suite('wordsOf', () => {
  it('takes the usual string fields, each text once, and nothing else', () => {
    const answer = { message: 'bad', error: 'invalid_token', code: 'bad', reason: 7, email: 'a@example.com' };
    expect(wordsOf(answer)).toEqual(['invalid_token', 'bad']);
  });

  it('looks into an error that is an object, no deeper', () => {
    expect(wordsOf({ error: { code: 'E1', message: 'no', error: { code: 'deep' } } })).toEqual(['E1', 'no']);
  });

  it.each([[null], [1], ['text'], [['error']], [{ error: ['x'] }], [{}]])('finds nothing in %j', (answer) => {
    expect(wordsOf(answer)).toEqual([]);
  });
});

suite('describe', () => {
  it('says what was seen and what was said', () => {
    expect(describe('401 Unauthorized', ['a', 'b'])).toBe('401 Unauthorized: a, b');
    expect(describe('401 Unauthorized', [])).toBe('401 Unauthorized');
  });

  it('keeps all of it, for half a secret would not be recognised', () => {
    const said = 'correct horse battery staple '.repeat(99);
    expect(describe('401', [said])).toBe(`401: ${said}`);
  });
});

suite('statusText', () => {
  it('names what has a name', () => {
    expect(statusText(401)).toBe('401 Unauthorized');
    expect(statusText(799)).toBe('799');
  });
});
