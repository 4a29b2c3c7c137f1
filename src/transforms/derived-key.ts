import { createHmac, hash, hkdfSync, pbkdf2Sync } from 'node:crypto';
import { nothing, type Transform, type Variant } from './transform.js';

const hashes = [
  ['sha256', 'SHA-256'],
  ['sha512', 'SHA-512'],
  ['md5', 'MD5'],
  ['sha1', 'SHA-1'],
  ['sha384', 'SHA-384'],
  ['sha224', 'SHA-224'],
  ['sha3-256', 'SHA3-256'],
] as const;

/** Salts that Rails and its companions give their key generator. */
const salts = [
  'jwt',
  'signed cookie',
  'jwt_secret',
  'encrypted cookie',
  'signed encrypted cookie',
  'authenticated encrypted cookie',
  'JWT',
  'jwt secret',
  'signed_global_ids',
  'active_storage',
  'ActiveStorage',
  'salt',
  'auth',
  'api',
  'token',
  'devise',
];

/** The `info` text of key derivation in libraries. */
const infos = [
  'NextAuth.js Generated Signing Key',
  'NextAuth.js Generated Encryption Key',
  'Auth.js Generated Encryption Key',
  'JWE CEK',
  '@fastify/jwt',
  'jwt',
  '',
];

/** A hash of the secret, or a key derived from it, is used as the key. */
export const derivedKey: Transform = {
  code: 'derived-key',
  words: {
    title: 'The key is derived from the secret',
    explanation:
      'One side hashes the secret first, or derives the key from it: SHA-256 in hex or base64, MD5, or the key ' +
      'generator of Rails. The other side uses the secret itself.',
    example:
      'A Rails service signs with Rails.application.key_generator.generate_key("jwt"), the others with SECRET_KEY_BASE.',
    proof: "One side's fingerprint matches a hash of the other side's secret, or of a key derived from it.",
    incidents: ['duo_universal_csharp PR 23'],
    remedy:
      'Make every service use the secret itself as the key, or derive the same key everywhere and document how.',
    phrase: 'hashed, or as a key derived from it',
    look: 'Look for a hash (sha256, digest, createHash) or a key generator between the secret and the signature, and remove it; or do the same everywhere.',
  },
  *apply({ bytes }, all) {
    for (const [algorithm, name] of hashes.slice(0, 3))
      yield* written(hash(algorithm, bytes, 'buffer'), `as its ${name} hash`, false);
    if (!all) return;
    for (const [algorithm, name] of hashes) {
      const digest = hash(algorithm, bytes, 'buffer');
      yield* written(digest, `as its ${name} hash`, true);
      if (algorithm === 'md5') continue;
      yield* written(hash(algorithm, digest, 'buffer'), `as its ${name} hash, hashed again`, false);
      yield {
        to: hash(algorithm, digest.toString('hex'), 'hex'),
        text: `as its ${name} hash in hex, hashed again`,
      };
    }
    for (const [algorithm, name] of hashes.slice(0, 2)) {
      yield* written(createHmac(algorithm, bytes).digest(), `as the HMAC with ${name} of nothing`, false);
      yield* written(
        hash(algorithm, Buffer.concat([bytes, Buffer.from('\n')]), 'buffer'),
        `as the ${name} hash of it with a newline`,
        false,
      );
      for (const info of infos) {
        for (const length of [32, 64])
          yield {
            to: Buffer.from(hkdfSync(algorithm, bytes, '', info, length)),
            text: `as a key of ${length} bytes derived with HKDF and ${name}`,
          };
      }
    }
  },
  undo: nothing,
  *slow({ bytes, latin1 }) {
    if (/^[0-9a-f]{64,256}$/.test(latin1)) yield* keyGenerator(bytes);
  },
};

function* written(digest: Buffer, text: string, all: boolean): Iterable<Variant> {
  const hex = digest.toString('hex');
  yield { to: hex, text: `${text} in hex` };
  yield { to: digest, text };
  yield { to: digest.toString('base64'), text: `${text} in base64` };
  yield { to: digest.toString('base64url'), text: `${text} in base64url` };
  if (!all) return;
  yield { to: hex.toUpperCase(), text: `${text} in hex, upper case` };
  yield { to: digest.toString('base64').replace(/=+$/, ''), text: `${text} in base64 without padding` };
  for (const length of [16, 32, 48, 64]) {
    if (length < hex.length)
      yield { to: hex.slice(0, length), text: `${text} in hex, cut to ${length} characters` };
    if (length < digest.length)
      yield { to: digest.subarray(0, length), text: `${text}, cut to ${length} bytes` };
  }
}

/**
 * Rails' key generator: PBKDF2, since Rails 7 with 65,536 rounds, which only the likeliest salts are worth. Only of
 * secrets in hex, as Rails makes them.
 */
function* keyGenerator(bytes: Buffer): Iterable<Variant> {
  yield* generated(bytes, salts, ['sha1', 'sha256'], 1000);
  yield* generated(bytes, salts.slice(0, 3), ['sha256'], 65_536);
}

function* generated(
  bytes: Buffer,
  each: readonly string[],
  digests: readonly ('sha1' | 'sha256')[],
  rounds: number,
): Iterable<Variant> {
  for (const salt of each) {
    for (const digest of digests) {
      const key = pbkdf2Sync(bytes, salt, rounds, 64, digest);
      const text = `as a key of Rails' key generator (PBKDF2 with ${digest === 'sha1' ? 'SHA-1' : 'SHA-256'}, salt "${salt}")`;
      yield { to: key, text };
      yield { to: key.toString('hex'), text: `${text} in hex` };
      yield { to: key.subarray(0, 32), text: `${text}, 32 bytes` };
      yield { to: key.subarray(0, 32).toString('hex'), text: `${text}, 32 bytes, in hex` };
    }
  }
}
