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

  const held = 'harbour-velvet-lantern-copper';
  const letters = [...held];
  const bytes = [...Buffer.from(held)];
  const hexOf = (byte: number, digits = 2): string => byte.toString(16).padStart(digits, '0');
  const each = (encode: (byte: number) => string, separator = ''): string =>
    bytes.map(encode).join(separator);
  const between = (separator: string): string => letters.join(separator);
  const lettersFrom = (first: number): string =>
    held.replace(/[a-z]/g, (letter) => String.fromCodePoint(first + letter.charCodeAt(0) - 0x61));
  const pieces = held.match(/.{1,5}/g) ?? [];
  const base32 = (digits: string): string =>
    (each((byte) => byte.toString(2).padStart(8, '0')).match(/.{1,5}/g) ?? [])
      .map((bits) => digits[Number.parseInt(bits.padEnd(5, '0'), 2)])
      .join('');

  it.each([
    ['quoted-printable', each((byte) => `=${hexOf(byte).toUpperCase()}`)],
    [
      'quoted-printable of every second letter',
      letters.map((l, at) => (at % 2 ? `=${hexOf(bytes[at] ?? 0)}` : l)).join(''),
    ],
    ['quoted-printable with soft line breaks', (held.match(/.{1,6}/g) ?? []).join('=\r\n')],
    [
      'encoded words in base64',
      pieces.map((one) => `=?utf-8?B?${Buffer.from(one).toString('base64')}?=`).join('\r\n '),
    ],
    ['encoded words in quoted-printable', pieces.map((one) => `=?UTF-8?q?${one}?=`).join(' ')],
    ['base64 of each part', pieces.map((one) => Buffer.from(one).toString('base64')).join(' ')],
    ['base64url of each letter', letters.map((one) => Buffer.from(one).toString('base64url')).join(',')],
    ['base64 of UTF-16', Buffer.from(held, 'utf16le').toString('base64')],
    ['UTF-7', `+${Buffer.from(held, 'utf16le').swap16().toString('base64')}-`],
    ['hex of UTF-16', Buffer.from(held, 'utf16le').toString('hex')],
    ['base32', base32('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')],
    ['base32 in groups', base32('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567').replace(/.{4}/g, '$& ')],
    ['base32hex in lower case', base32('0123456789abcdefghijklmnopqrstuv')],
    ['uuencode', '=:&%R8F]U<BUV96QV970M;&%N=&5R;BUC;W!P97(`'],
    ['Ascii85', '<~BOPpjDfp(PG%GK5ATTM?@;^0uEc*I=DfBZ,EW~>'],
    ['bytes of base85', "b'Xkl_<Z*_7lc4cgKWppiUVQzF~a&9eSZ*XvBas'"],
    ['base85 of ZeroMQ', 'xKL{<z/{7LC4CGkwPPIuvqZf#A=9Esz/xVbAS'],
    ['ROT13', 'uneobhe-iryirg-ynagrea-pbccre'],
    ['full-width letters', lettersFrom(0xff41)],
    ['mathematical letters', lettersFrom(0x1d41a)],
    ['circled letters', lettersFrom(0x24d0)],
    ['squared letters', lettersFrom(0x1f170)],
    ['flags', lettersFrom(0x1f1e6)],
    ['invisible letters', letters.map((one) => String.fromCodePoint(0xe0000 + one.charCodeAt(0))).join('')],
    ['letters with accents', letters.map((one) => `${one}\u0301`.normalize('NFC')).join('')],
    [
      'escaped full-width letters',
      letters.map((one) => `\\u${hexOf(one.charCodeAt(0) + 0xfee0, 4)}`).join(''),
    ],
    ['letters between joiners', between('\u034f')],
    ['letters between variation selectors', between('\u{e0100}')],
    ['letters between Korean fillers', between('\u3164')],
    ['letters between bullets', between('•')],
    ['letters between no-break spaces', between('\u00a0')],
    ['letters between box drawings', between('│')],
    ['letters between soft hyphens of HTML', between('&shy;')],
    ['letters between comments', between('<!-- -->')],
    ['letters in tags', letters.map((one) => `<b class="x">${one}</b>`).join('')],
    ['coloured letters', letters.map((one) => `\x1b[1;31m${one}\x1b[0m`).join('')],
    ['letters that are printed twice', letters.map((one) => `${one}\b${one}`).join('')],
    ['numbered letters', letters.map((one, at) => `${at}:${one}`).join(' ')],
    ['a table', letters.map((one, at) => `| ${at + 1} | ${one} |`).join('\n')],
    ['an object of letters', JSON.stringify({ ...letters })],
    ['an object of numbers', JSON.stringify(Uint8Array.from(bytes))],
    ['entities without semicolons', each((byte) => `&#${byte}`)],
    ['hex entities without semicolons', each((byte) => `&#x${hexOf(byte)}`, ' ')],
    ['code points', each((byte) => `U+${hexOf(byte, 4)}`, ', ')],
    ['long escapes', each((byte) => `\\U${hexOf(byte, 8)}`)],
    ['long escapes in braces', each((byte) => `\\u{${hexOf(byte, 8)}}`)],
    ['escapes of Perl', each((byte) => `\\x{${hexOf(byte)}}`)],
    ['escapes of IIS', each((byte) => `%u${hexOf(byte, 4)}`)],
    ['escapes of XML names', each((byte) => `_x${hexOf(byte, 4)}_`)],
    ['numbers with hyphens', each(String, '-')],
    ['numbers with dots', each(String, '.')],
    ['numbers in lines', each((byte) => `- ${byte}`, '\r\n')],
    ['numbers as texts', JSON.stringify(bytes.map(String))],
    ['decimal numbers', each((byte) => `${byte}.0`, ', ')],
    ['numbers of Rust', each((byte) => `${byte}u8`, ', ')],
    ['functions of SQL', each((byte) => `CHAR(${byte})`, ' || ')],
    ['octal numbers', each((byte) => byte.toString(8), ' ')],
    ['octal numbers with prefixes', each((byte) => `0o${byte.toString(8)}`, ', ')],
    ['binary numbers', each((byte) => byte.toString(2).padStart(8, '0'), ' ')],
    ['binary numbers with prefixes', each((byte) => `0b${byte.toString(2)}`, ', ')],
    ['bits', each((byte) => byte.toString(2).padStart(8, '0'))],
    ['hex numbers of assemblers', each((byte) => `${hexOf(byte)}h`, ' ')],
    ['hexdump', '6168 6272 756f 2d72 6576 766c 7465 6c2d\n 6e61 6574 6e72 632d 706f 6570 0072'],
  ])('is taken out as %s', (_, text) => {
    const shown = scrub(`key ${text} end`, held);
    expect(shown).toContain('[secret]');
    // What is left, such as separators and labels, is no letter of the secret.
    expect(shown.split('[secret]').join('').length).toBeLessThanOrEqual(text.length + 'key  end'.length - 26);
    expect(Secret.hider([new Secret(held)])([shown])).toEqual([shown]);
  });

  it('is taken out beside entities with names that every object has', () => {
    expect(scrub(`&constructor; ${held} &toString;`, held)).toBe('&constructor; [secret] &toString;');
  });

  it('is taken out as signed bytes, and in letters without their accents', () => {
    const words = 'Schlüssel-für-Überwachung-größer';
    const signed = Array.from(new Int8Array(Buffer.from(words))).join(', ');
    expect(scrub(`key [${signed}]`, words)).not.toMatch(/\d/);
    for (const form of ['NFD', 'NFKC'] as const) {
      expect(scrub(`key ${words.normalize(form)}`, words)).toBe('key [secret]');
      expect(scrub(`key ${words}`, words.normalize(form))).toBe('key [secret]');
    }
    expect(scrub('key SCHLUSSEL-FUR-UBERWACHUNG-GRO', words)).toBe('key [secret]');
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
    ['numbers', (length) => '115, 101 '.repeat(length / 9)],
    ['groups of base32', (length) => 'ABCD '.repeat(length / 5)],
    ['beginnings of tags', (length) => '<a'.repeat(length / 2)],
    ['beginnings of encoded words', (length) => '=?a'.repeat(length / 3)],
    ['ends of encoded words', (length) => '?=  '.repeat(length / 4)],
    ['beginnings of control sequences', (length) => '\x1b[1'.repeat(length / 3)],
    ['letters of another form', (length) => 'ａé\u0301'.repeat(length / 3)],
  ];

  it.each(shapes)('grows with the text: %s', (_, make) => {
    const known = [new Secret('aaaaaaaaaaaaaaaa'), new Secret(secret)];
    expectLinear(16 * 1024, make, redactTokens);
    expectLinear(16 * 1024, make, (text) => Secret.scrubber(known)([text]));
  });
});
