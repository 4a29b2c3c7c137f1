import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/secret/secret.js';
import { redactTokens } from '../../src/secret/token-shaped.js';
import { expectLinear } from '../support/growth.js';
import { runs } from '../support/random.js';
import { encodings, expectUnreadable } from '../support/readable.js';

const secret = 'the+secret/of everybody"\\ä=?&<%20>, which nobody may see';
const scrub = (text: string, ...secrets: string[]): string =>
  Secret.scrubber(secrets.map((one) => new Secret(one)))([text])[0] ?? '';

/** Letters that are as good as those of real secrets, of every alphabet they are made of. */
const secrets = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_'),
    minLength: 16,
    maxLength: 64,
  }),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 64 }),
  fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: 16, maxLength: 48 }),
  fc.string({ unit: 'grapheme-ascii', minLength: 16, maxLength: 64 }),
  fc.string({ unit: 'grapheme', minLength: 16, maxLength: 48 }),
);
const encoding = fc.constantFrom(...Object.keys(encodings));
const around = fc.constantFrom(
  '',
  'rejected: ',
  'invalid signature, expected ',
  '{"error":"',
  'Bearer ',
  'a',
  'x=',
  '\n',
  '..',
);

describe('what a service says of a secret', () => {
  it.each(Object.entries(encodings))('is taken out: %s', (_, encode) => {
    const said = `rejected: ${encode(secret)} is not mine`;
    expect(() => expectUnreadable({ said }, [secret])).toThrow();
    expectUnreadable({ said: scrub(said, secret) }, [secret]);
    expect(scrub(said, secret)).toMatch(/^rejected: .*is not mine$/s);
  });

  it('is taken out of whatever stands around it, in any two encodings', () => {
    fc.assert(
      fc.property(secrets, encoding, encoding, around, around, (text, inner, outer, before, after) => {
        const said = `${before}${encodings[outer]?.(encodings[inner]?.(text) ?? '')}${after}`;
        expectUnreadable({ said: scrub(said, text) }, [text]);
      }),
      { numRuns: runs(400) },
    );
  });

  it.each<[string, (code: number) => string]>([
    ['entities with leading zeros', (code) => `&#00000000${code};`],
    ['hex entities with leading zeros', (code) => `&#x0000000000${code.toString(16)};`],
    ['octal escapes', (code) => `\\${code.toString(8)}`],
    ['octal escapes with a leading zero', (code) => `\\0${code.toString(8)}`],
  ])('is taken out as %s', (_, encode) => {
    const held = 'harbour-velvet-lantern';
    const text = [...Buffer.from(held)].map(encode).join('');
    expect(scrub(`key ${text}.`, held)).toBe('key [secret].');
  });

  it('is taken out as the bytes that it encodes', () => {
    const bytes = Buffer.from('8f3ce1a74b90d2665a7f01bbce8843d9', 'hex');
    const [hex, base64] = [bytes.toString('hex'), bytes.toString('base64')];
    expect(scrub(`key ${hex}`, base64)).toBe('key [secret]');
    expect(scrub(`key ${base64}`, hex)).toMatch(/^key \[secret\]=*$/);
  });

  it('is taken out where it is split over neighbouring texts', () => {
    fc.assert(
      fc.property(secrets, fc.integer({ min: 1, max: 12 }), (text, size) => {
        const parts = text.match(new RegExp(`.{1,${size}}`, 'gsu')) ?? [];
        const shown = Secret.scrubber([new Secret(text)])(parts);
        expect(shown).toHaveLength(parts.length);
        expectUnreadable({ together: shown.join(', ') }, [text]);
      }),
      { numRuns: runs(200) },
    );
  });

  it('is taken out whatever else is secret', () => {
    const many = Array.from({ length: 3000 }, (_, n) => `secret-number-${n}-${(n * 7919) % 10007}`);
    const scrubMany = Secret.scrubber([...many, secret].map((one) => new Secret(one)));
    expect(scrubMany([`no: ${many[1234]} and ${secret}`])).toEqual(['no: [secret] and [secret]']);
  });
});

describe('a secret that is known to everyone', () => {
  const words = [new Secret('staging-jwt-secret-key'), new Secret('secret')];
  const scrubWords = Secret.scrubber([new Secret('K3y-of-the-moment!')], words);

  it('is taken out as a whole, in any spelling', () => {
    for (const spelling of [
      'staging-jwt-secret-key',
      'STAGING-JWT-SECRET-KEY',
      'staging%2Djwt%2dsecret-key',
      'c3RhZ2luZy1qd3Qtc2VjcmV0LWtleQ==',
    ]) {
      expect(scrubWords([`fell back to ${spelling}`])[0]).toMatch(/^fell back to \[secret\]=*$/);
    }
  });

  it('leaves texts with parts of it alone', () => {
    expect(scrubWords(['projects/netra/secrets-of/jwt-staging-key'])).not.toEqual(['']);
    expect(scrubWords(['staging-jwt and key'])).toEqual(['staging-jwt and key']);
  });
});

describe('what people need', () => {
  it.each([
    'auth-service-6b7d8f9c5d-x2x9z',
    'ip-10-0-12-34.eu-west-1.compute.internal',
    'backend-service.production-europe.internal-services.example.com',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    '2026-01-31T12:00:00.000Z',
    'v1.24.3-rc.1+build.20260131',
    '1769860800000000000',
    'IDX10223: Lifetime validation failed. The token is expired.',
    'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    'InvalidSignatureException: signature verification failed',
    'JsonWebTokenError: invalid signature',
    'SecurityTokenSignatureKeyNotFoundException',
    'org.springframework.security.oauth2.jwt.JwtValidationException',
    'com.auth0.jwt.exceptions.SignatureVerificationException',
    'https://auth.example.com:8443/internal/v2/jwt-fingerprint?format=json&verbose=1',
    'sha256WithRSAEncryption',
    'Bearer realm="api", error="invalid_token", error_description="The access token expired"',
    'expected HS256, got HS512 (kid: 2026-01)',
    'Ungültiges Zugriffstoken: Signaturprüfung fehlgeschlagen',
    '2001:db8:85a3::8a2e:370:7334',
    "'iss' claim must be netra-auth-service",
    'acknowledgement of vulnerabilities',
    'Request ID: 1-67891233-abcdef012345',
  ])('stays readable: %s', (text) => {
    expect(scrub(text, secret)).toBe(text);
  });
});

describe('what looks random', () => {
  it.each([
    ['hex', '9f86d081884c7d659a2feaa0c55ad015', '…'],
    ['hex with colons', '9f:86:d0:81:88:4c:7d:65:9a:2f:ea:a0:c5:5a:d0:15', '…'],
    ['base64', 'q83vASNFZ4mrze8BI0VniavN7wEjRWeJ', '…'],
    ['base64url cut by its own signs', 'kXq3ZbTwLp-Qm8RvT2_yU7wPz9KdLs4', '…'],
    ['a password', 'x9$Kq!2z@Lm#8vB%', '…'],
    ['letters alone', 'qwhzkpxvbnmtrlsdfgc', '…'],
    [
      'in the middle of words',
      'signature mismatch: dBjftJeZ4CVPmB92K27uhbUJU1p1rwW1gFWFOEjXk',
      'signature mismatch: …',
    ],
    ['after a word', 'sha256:9f86d081884c7d659a2feaa0c55ad015', 'sha256:…'],
  ])('is left out, known or not: %s', (_, text, shown) => {
    expect(scrub(text)).toBe(shown);
  });

  it.each([
    'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
    '0123456789abcdef',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  ])('is left out whatever its alphabet, but for 1 in 200: %s', (alphabet) => {
    const texts = Array.from({ length: 1000 }, (_, number) => {
      const bytes = createHash('sha512').update(`${alphabet} ${number}`).digest();
      return Array.from(
        bytes.subarray(0, 24 + (number % 41)),
        (byte) => alphabet[byte % alphabet.length],
      ).join('');
    });
    const shown = texts.filter((text) => /[\w-]{8}/.test(scrub(`no: ${text}`)));
    expect(shown.length).toBeLessThan(5);
  });
});

describe('the time it takes', () => {
  const shapes: [string, (length: number) => string][] = [
    ['one letter', (length) => 'a'.repeat(length)],
    ['hyphens', (length) => '-'.repeat(length)],
    ['two dots', (length) => `${'a'.repeat(length / 2)}.${'a'.repeat(length / 2)}.a`],
    ['dots', (length) => 'aaaaaaaaaa.'.repeat(length / 11)],
    ['beginnings of tokens', (length) => 'eyJ'.repeat(length / 3)],
    ['percent signs', (length) => '%25'.repeat(length / 3)],
    ['entities', (length) => '&amp;'.repeat(length / 5)],
    ['digits', (length) => '61'.repeat(length / 2)],
  ];

  it.each(shapes)('grows with the text: %s', (_, make) => {
    const known = [new Secret('aaaaaaaaaaaaaaaa'), new Secret(secret)];
    expectLinear(16 * 1024, make, redactTokens);
    expectLinear(16 * 1024, make, (text) => Secret.scrubber(known)([text]));
  });
});
