import { expect, it } from 'vitest';
import { explain } from '../../../src/diagnose/candidates/explain.js';
import type { CandidateSecret } from '../../../src/observe/candidate.js';
import { fingerprintOf } from '../../../src/secret/fingerprint.js';
import { Secret } from '../../../src/secret/secret.js';

const right = new Secret('the key that every service should hold');
const wrong = new Secret(Buffer.from('"the key that every service should hold"').toString('base64'));
const shown = [right, wrong].map((secret) => fingerprintOf(secret, 16));
const older: CandidateSecret = {
  code: 'stale-secret-version',
  of: 'store',
  undone: false,
  text: 'version 1',
  secret: wrong,
  facts: { version: '1' },
};

const stepsFound = (known: readonly CandidateSecret[]) =>
  explain({
    holders: [{ name: 'store', secret: right, isRight: true }],
    known,
    shown,
    right: shown[0] ?? null,
    names: [],
  }).map(({ facts }) => facts.steps);

it('composes two transforms for a fingerprint that no version explains', () => {
  expect(stepsFound([])).toEqual([['quotes-kept', 'base64-not-decoded']]);
});

it.each(['stale-secret-version', 'ahead-of-reference', 'wrong-environment', 'hardcoded-fallback'] as const)(
  'does not compose transforms for what is a cause as it is: %s',
  (code) => {
    expect(stepsFound([{ ...older, code }])).toEqual([]);
  },
);

it('composes them for what another participant holds, too: that is no cause', () => {
  expect(stepsFound([{ ...older, code: 'sibling-secret' }])).toContainEqual([
    'quotes-kept',
    'base64-not-decoded',
  ]);
});

it('composes them for other fingerprints beside it', () => {
  expect(stepsFound([{ ...older, secret: new Secret('an older key') }])).toHaveLength(1);
});
