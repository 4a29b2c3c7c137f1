import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, sanitize } from '../../../src/report/text/sanitize.js';
import { wrap, wrapWithIndent } from '../../../src/report/text/wrap.js';
import { anyText } from '../../support/arbitrary-reports.js';

describe('wrap', () => {
  it('breaks between words', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  });

  it('breaks a word only where no line can hold it', () => {
    expect(wrap('a abcdefgh b', 4)).toEqual(['a', 'abcd', 'efgh', 'b']);
    expect(wrap('漢字漢字', 5)).toEqual(['漢字', '漢字']);
  });

  it('makes no line of nothing', () => {
    expect(wrap('', 10)).toEqual([]);
    expect(wrap('   ', 10)).toEqual([]);
  });

  it('begins no line with what a CI takes for a command', () => {
    expect(wrap('said ::error::x', 40)).toEqual(['said ::error::x']);
    expect(wrap('said ::error::x', 20)).toEqual(['said ::error::x']);
    expect(wrap('said ::error::x', 10)).toEqual(['said', '\\u003a:err', 'or::x']);
    expect(wrap('12345678::error::x', 8)).toEqual(['12345678', '\\u003a:e', 'rror::x']);
  });

  it('keeps every character and the width', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 60 }), (text, columns) => {
        const clean = sanitize(text);
        const lines = wrap(clean, columns);
        const kept = (some: string) => some.replaceAll(' ', '').replaceAll('\\u003a', ':');
        expect(kept(lines.join(''))).toBe(kept(clean));
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('hang', () => {
  it('indents the lines after the first', () => {
    expect(wrapWithIndent('fix: ', 'one two three', 12)).toEqual(['fix: one two', '     three']);
  });
});
