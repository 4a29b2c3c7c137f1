import { expect, it } from 'vitest';
import { combined } from '../../src/parts/combine.js';
import { R, seen } from '../support/observations.js';

const good = seen('auth', R);

it('a participant that is unreachable from one of two networks was observed', () => {
  const unreachable = seen('auth', null);
  for (const one of [combined(good, unreachable), combined(unreachable, good)])
    expect(one).toMatchObject({ reading: { fingerprint: R }, error: null });
});

it('an answer without the required proof counts, whatever the participant answers in another network', () => {
  const unproved = seen('auth', R, { error: { code: 'no-proof', message: 'the answer contains none' } });
  for (const one of [combined(good, unproved), combined(unproved, good)])
    expect(one.error).toMatchObject({ code: 'no-proof' });
});
