import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillUrl } from '../../src/observe/probes/template.js';
import { fillToken } from '../../src/observe/tokens/mint.js';
import { hasPlace, isOnlyPlace, parseTemplate, templateProblems } from '../../src/schema/token-template.js';
import { Secret } from '../../src/secret/secret.js';

const token = new Secret('aaa.b~?.ccc');
const text = 'aaa.b~?.ccc';
const base64 = (value: string): string => Buffer.from(value).toString('base64');
const base64url = (value: string): string => Buffer.from(value).toString('base64url');

describe('a template', () => {
  it.each([
    ['{{token}}', text],
    ['{{token.base64url}}', base64url(text)],
    ['Basic {{base64:user:{{token}}}}', `Basic ${base64(`user:${text}`)}`],
    ['{{base64url:{{token}}}}', base64url(text)],
    ['a{{base64:{{token.base64url}}:}}b', `a${base64(`${base64url(text)}:`)}b`],
    ['{{base64:{"t":"{{token}}"}}}', base64(`{"t":"${text}"}`)],
    ['{{base64:a{{base64url:{{token}}}}}}', base64(`a${base64url(text)}`)],
    ['{{base64:{"a":{{base64url:{"t":{{token}}}}}}}}', base64(`{"a":${base64url(`{"t":${text}}}`)}`)],
    ['{{base64:{{token}}}} {{token}}', `${base64(text)} ${text}`],
    ['{ {a}} }} {{other}} {{', '{ {a}} }} {{other}} {{'],
    ['{{{token}}}', `{${text}}`],
  ])('%s', (template, filled) => {
    expect(fillToken(template, token)).toBe(filled);
  });

  it('without a token is empty in its places', () => {
    expect(fillToken('x{{base64:user:{{token}}}}', null)).toBe(`x${base64('user:')}`);
  });

  it('in a URL is escaped where base64 would mean something else', () => {
    const filled = new URL(fillUrl('https://a.example/?t={{base64:??>{{token}}}}', token));
    expect(filled.searchParams.get('t')).toBe(base64(`??>${text}`));
  });

  it.each([
    ['{{base64:{{token}}', '{{base64: is not closed by }}'],
    ['{{base64:user:password}}', '{{base64:…}} without {{token}} in it'],
    ['{{ token }}', '{{ token … is no place for the token'],
    ['{{token.hex}}', '{{token.hex… is no place for the token'],
    ['{{base64 {{token}}}}', '{{base64 … is no place for the token'],
    ['{{base64:'.repeat(6), 'more than 4 encodings'],
  ])('%s is refused', (template, problem) => {
    expect(templateProblems({ a: ['x', { b: template }] })).toEqual([
      { path: ['a', 1, 'b'], message: expect.stringContaining(problem) },
    ]);
    expect(hasPlace(template)).toBe(false);
    expect(fillToken(template, token)).toBe(template);
  });

  it('that is nothing but a placeholder is distinguished', () => {
    expect(['{{token}}', '{{base64:{{token}}}}'].map(isOnlyPlace)).toEqual([true, true]);
    expect(['', 'a{{token}}', '{{base64:a{{token}}}}'].map(isOnlyPlace)).toEqual([false, false, false]);
  });

  it('of anything is read or refused, and texts stay as they are', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '{{',
      '}}',
      '{{token}}',
      '{{base64:',
      '{{base64url:',
      'a',
      ':',
      '"',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
        const template = parts.join('');
        const parsed = parseTemplate(template);
        if ('problem' in parsed) return;
        const written = (pieces: typeof parsed.pieces): string =>
          pieces
            .map((one) => {
              if (one.is === 'text') return one.text;
              return one.is === 'token' ? '{{token}}' : `{{${one.encoding}:${written(one.inner)}}}`;
            })
            .join('');
        expect(written(parsed.pieces)).toBe(template);
      }),
      { numRuns: 500 },
    );
  });
});
