import { describe, expect, it } from 'vitest';
import { counted, money, percent } from '../../../src/monitor/page/words.js';
import { formatElapsed } from '../../../src/schema/duration.js';

describe('words of the page', () => {
  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_599_999, '59 min'],
    [3_600_000, '1 h'],
    [12_000_000, '3 h 20 min'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms last %s', (ms, words) => expect(formatElapsed(ms)).toBe(words));

  it('count', () => {
    expect([counted(1, 'check'), counted(1440, 'check'), counted(0, 'probe')]).toEqual([
      '1 check',
      '1,440 checks',
      '0 probes',
    ]);
  });

  it('tell money in any configured currency', () => {
    expect([money(50_000, 'USD'), money(1200, 'no currency')]).toEqual(['$50,000', '1,200 no currency']);
  });

  it('never round to all or to nothing', () => {
    expect([percent(9999, 10_000), percent(999_999, 1_000_000), percent(5, 5)]).toEqual([
      '99.99 %',
      '99.99 %',
      '100 %',
    ]);
    expect([percent(1, 1_000_000), percent(0, 5), percent(1, 3)]).toEqual(['0.1 %', '0 %', '33.3 %']);
  });
});
