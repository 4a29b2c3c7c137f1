import { expect } from 'vitest';
import type { Run } from './cli.js';

/** Input in the wrong place, which must not be repeated in output. */
export const mistyped = 'hunter2-PLEASE-do-not-repeat-me';

/** Expects that nothing was checked: exit code 2, no standard output, a few clear lines on standard error. */
export function expectRefusal({ code, stdout, stderr }: Run, words: readonly (string | RegExp)[]): void {
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^jwtcheck: \S/);
  expect(stderr).not.toMatch(/^\s+at |node:internal|undefined|\[object/m);
  expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
  expect(stderr.length).toBeLessThan(6000);
  expect(stderr).not.toContain(mistyped);
  for (const word of words) expect(stderr).toMatch(word);
}
