import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { algorithms } from '../../src/model.js';
import { fingerprintOf } from '../../src/secret/fingerprint.js';
import { proves, publicSignerTest, sign } from '../../src/secret/proof.js';
import { isChallenge, isProof, isServiceName, proofMessage } from '../../src/secret/proof-protocol.js';
import { Secret } from '../../src/secret/secret.js';
import { decoded, proofVectors } from '../support/proof-vectors.js';

const { vectors, challengesToRefuse, servicesToRefuse } = proofVectors;
const name = fc.string({ unit: 'grapheme', maxLength: 40 }).filter(isServiceName);
const nonce = fc
  .uint8Array({ minLength: 16, maxLength: 64 })
  .map((b) => Buffer.from(b).toString('base64url'));

describe('the test vectors', () => {
  it.each(vectors)('hold: $note', ({ secret, service, nonce, message, fingerprint, proof }) => {
    const key = new Secret(decoded(secret));
    expect(Buffer.from(proofMessage(service, nonce)).toString('base64url')).toBe(message);
    expect(fingerprintOf(key, 64)).toBe(fingerprint);
    expect([isChallenge(nonce), isServiceName(service), isProof(proof)]).toEqual([true, true, true]);
    expect(proves(key, service, nonce, proof)).toBe(true);
    for (const other of vectors) {
      if (other.proof === proof) continue;
      expect(proves(key, service, nonce, other.proof)).toBe(false);
      expect(proves(new Secret(decoded(other.secret)), other.service, other.nonce, proof)).toBe(false);
    }
  });

  it.each(challengesToRefuse)('%j is no challenge', (text) => expect(isChallenge(text)).toBe(false));
  it.each(servicesToRefuse)('%j is no name', (text) => expect(isServiceName(text)).toBe(false));
});

describe('the message', () => {
  it('is another for every name and nonce', () => {
    fc.assert(
      fc.property(name, nonce, name, nonce, (a, x, b, y) => {
        fc.pre(a !== b || x !== y);
        expect(Buffer.from(proofMessage(a, x))).not.toEqual(Buffer.from(proofMessage(b, y)));
      }),
    );
  });

  it('is never what a JWT signs', () => {
    fc.assert(
      fc.property(name, nonce, (service, challenge) => {
        expect(Buffer.from(proofMessage(service, challenge)).toString('latin1')).not.toMatch(
          /^[\w-]*\.[\w-]*$/,
        );
      }),
    );
  });
});

it.each([
  ['', 'A'.repeat(42), `${'A'.repeat(43)}=`, `${'A'.repeat(42)}+`, 'verified'],
  [null, 7, true, {}, ['A'.repeat(43)], undefined],
])('what has not its form is no proof', (...values) => {
  for (const value of values) expect(isProof(value)).toBe(false);
});

describe('the test for many public keys', () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

  it.each(algorithms)('finds exactly the key that signed with %s', (algorithm) => {
    fc.assert(
      fc.property(bytes, bytes, fc.string(), (key, other, input) => {
        const isSigner = publicSignerTest(algorithm, input, sign(new Secret(key), algorithm, input));
        // HMAC pads keys with zeros, and hashes long ones (RFC 2104).
        const isSame = sign(new Secret(other), algorithm, input).equals(
          sign(new Secret(key), algorithm, input),
        );
        expect(isSigner(key.toString('latin1'))).toBe(true);
        expect(isSigner(other.toString('latin1'))).toBe(isSame);
        expect(isSigner(key.toString('latin1'))).toBe(true);
      }),
    );
  });

  it.each(algorithms)('takes keys of %s around the length of a block', (algorithm) => {
    for (const length of [0, 1, 63, 64, 65, 127, 128, 129]) {
      const key = Buffer.alloc(length, 0xff);
      const isSigner = publicSignerTest(algorithm, 'a.b', sign(new Secret(key), algorithm, 'a.b'));
      expect(isSigner(Buffer.alloc(length + 1, 0xff).toString('latin1'))).toBe(false);
      expect(isSigner(key.toString('latin1'))).toBe(true);
    }
  });

  it('knows a signature of another length as wrong', () => {
    const signature = sign(new Secret('key'), 'HS256', 'a.b');
    expect(publicSignerTest('HS256', 'a.b', signature.subarray(1))('key')).toBe(false);
    expect(publicSignerTest('HS512', 'a.b', signature)('key')).toBe(false);
  });
});
