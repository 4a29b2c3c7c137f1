import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, displayWidth, sanitize, sanitizeAndTruncate } from '../../../src/report/text/sanitize.js';
import { anyText } from '../../support/arbitrary-reports.js';
import { expectRatio } from '../../support/growth.js';

/** What must never reach a terminal from outside. */
const harmful = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('plain', () => {
  it.each([
    ['an escape sequence', '\u001b[31mred', '\\u001b[31mred'],
    ['a line break', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['C1 controls', '\u009b31m\u0085', '\\u009b31m\\u0085'],
    ['DEL and NUL', '\u007f\u0000', '\\u007f\\u0000'],
    ['bidi overrides and isolates', '\u202egpj\u2066', '\\u202egpj\\u2066'],
    ['zero-width characters', 'a\u200b\u200d\ufeffb', 'a\\u200b\\u200d\\ufeffb'],
    ['separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['a lone surrogate', '\ud800', '\\ud800'],
    [
      'commands of CI systems',
      '##[error] ##vso[x] ##teamcity[x] ### [',
      '\\u0023#[error] \\u0023#vso[x] \\u0023#teamcity[x] ### [',
    ],
    ['an invisible tag', '\u{e0041}', '\\u{e0041}'],
    ['a blank that is a letter', '\u3164', '\\u3164'],
  ])('shows %s', (_, text, expected) => {
    expect(sanitize(text)).toBe(expected);
  });

  it.each(['auth_service', 'é', 'e\u0301', '漢字', 'שלום', '❤️', '🇨🇦', 'a\\n'])(
    'leaves %s as it is',
    (text) => {
      expect(sanitize(text)).toBe(text);
    },
  );

  it('shows marks that have nothing to stand on, and those that tower', () => {
    expect(sanitize('\u0301a')).toBe('\\u0301a');
    expect(sanitize(' \u0301')).toBe(' \\u0301');
    expect(sanitize(`a${'\u0301'.repeat(6)}`)).toBe(`a${'\u0301'.repeat(4)}\\u0301\\u0301`);
  });

  it('leaves nothing harmful, and nothing to do a second time', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = sanitize(text);
        expect(once).not.toMatch(harmful);
        expect(sanitize(once)).toBe(once);
      }),
    );
  });
});

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['漢字', 4],
    ['ｆｕｌｌ', 8],
    ['한', 2],
    ['😀', 2],
    ['❤️', 2],
    ['🇨🇦', 2],
    ['✓', 1],
    ['…', 1],
  ])('of %j is %i', (text, columns) => {
    expect(displayWidth(text)).toBe(columns);
  });
});

describe('cut', () => {
  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['abcdef', 1, '…'],
    ['abcdef', 0, ''],
    ['漢字漢', 6, '漢字漢'],
    ['漢字漢', 5, '漢字…'],
    ['漢字漢', 4, '漢…'],
    ['ae\u0301b', 2, 'a…'],
    ['e\u0301e\u0301', 2, 'e\u0301e\u0301'],
  ])('%j in %i columns is %j', (text, columns, expected) => {
    expect(cut(text, columns)).toBe(expected);
  });

  it('never takes more columns than allowed', () => {
    fc.assert(
      fc.property(anyText, fc.nat(40), (text, columns) => {
        expect(displayWidth(cut(sanitize(text), columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('label', () => {
  it('is what plain and cut make of the whole text', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 40 }), (text, columns) => {
        expect(sanitizeAndTruncate(text, columns)).toBe(cut(sanitize(text), columns));
      }),
    );
  });

  it('takes no longer for a text of a hundred million characters', () => {
    const [short, long] = [1_000_000, 100_000_000].map((size) => '\u001b'.repeat(size));
    expect(sanitizeAndTruncate(long ?? '', 10)).toBe('\\u001b\\u0…');
    const thousandTimes = (text = '') => {
      for (let i = 0; i < 1000; i += 1) sanitizeAndTruncate(text, 10);
    };
    expectRatio(
      3,
      () => thousandTimes(long),
      () => thousandTimes(short),
    );
  });
});
