import { describe, expect, it } from 'vitest';
import { explain } from '../../src/diagnose/candidates/explain.js';
import { judge } from '../../src/judge/judge.js';
import { fingerprintOfCandidate } from '../../src/observe/candidate.js';
import { fingerprintOf } from '../../src/secret/fingerprint.js';
import { Secret } from '../../src/secret/secret.js';
import { observed, seen } from '../support/observations.js';
import { some } from '../support/random.js';
import { changedBytes } from './changed-bytes.js';

const length = 8;
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** From two secrets, of which only the reference's is at hand, to what is reported. */
function diagnose(right: Buffer, wrong: Buffer) {
  const reference = new Secret(right);
  const [good, bad] = [reference, new Secret(wrong)].map((secret) => fingerprintOf(secret, length));
  if (good === undefined || bad === undefined) throw new Error('two secrets');
  const found = explain({
    holders: [{ name: 'sm', secret: reference, isRight: true }],
    known: [],
    shown: [good, bad],
    right: good,
    names: [],
  });
  const participants = [seen('sm', good, { role: 'reference', source: 'file' }), seen('api', bad)];
  const candidates = found.map((candidate) => fingerprintOfCandidate(candidate, length));
  return judge(observed(participants, { candidates }), { failOn: 'critical' });
}

describe('what programs made of a secret', () => {
  it.each(some(changedBytes, 44))('%s: %s', (_kind, _what, right, wrong, code) => {
    const { findings } = diagnose(bytes(right), bytes(wrong));
    expect(findings).toMatchObject([{ code, participants: ['api'] }]);
    const [finding] = findings;
    expect(finding?.evidence.probably).toBeUndefined();
    // Only a character that is special is ever shown.
    for (const text of [finding?.message, finding?.remedy, JSON.stringify(finding?.evidence)])
      if (right.length > 12) expect(text).not.toContain(right.slice(0, 8));
  });

  it('names character and position of a cut', () => {
    const [finding] = diagnose(bytes('kZ8vWq3x;mN5tR7yP2sD4fG6hJ9'), bytes('kZ8vWq3x')).findings;
    expect(finding).toMatchObject({
      code: 'truncated-at-character',
      message: 'api holds the secret of sm cut before character 9, a ";".',
      evidence: { position: 9, character: ';' },
    });
  });

  it('leaves what it cannot explain', () => {
    const [finding] = diagnose(
      bytes('kZ8vWq3xmN5tR7yP2sD4fG6hJ9'),
      bytes('kZ8vWq3xmN5tR7yP2sD4fG6hJ9,and another one'),
    ).findings;
    expect(finding?.code).toBe('fingerprint-mismatch');
  });
});
