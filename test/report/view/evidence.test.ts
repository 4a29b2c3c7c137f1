import { describe, expect, it } from 'vitest';
import { distinctAnswers } from '../../../src/report/view/evidence.js';

describe('distinctAnswers', () => {
  it('takes answers as one that differ only in their time', () => {
    expect(
      distinctAnswers(['closed after 5 ms: no', 'closed after 0.4 s: no', 'closed after 5 ms: yes']),
    ).toEqual(['closed after 5 ms: no', 'closed after 5 ms: yes']);
  });

  it('keeps status and close codes apart', () => {
    expect(distinctAnswers(['401', '403', 'close 1008', 'close 4001'])).toHaveLength(4);
  });
});
