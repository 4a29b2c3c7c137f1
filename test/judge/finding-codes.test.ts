import { expect, it } from 'vitest';
import { findingCodes } from '../../src/finding-codes.js';
import { rules } from '../../src/judge/rules/index.js';

it('there is one rule for each code', () => {
  expect(rules.map(({ code }) => code).sort()).toEqual([...findingCodes].sort());
});
