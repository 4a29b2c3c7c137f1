import { type Transform, unwrapped, type Wrapping, wrapped } from './transform.js';

const prefixes = [
  'base64:',
  'Bearer ',
  'hex:',
  'b64:',
  'base64url:',
  'base64,',
  'utf8:',
  'text:',
  'plain:',
  'string:',
  'raw:',
  'ascii:',
  'secret:',
  'key:',
  'hs256:',
  'HS256:',
  'sha256:',
  'jwt:',
  'oct:',
  'env:',
  'file:',
  'value:',
  '{noop}',
  '{plain}',
  '{cipher}',
  'ENC:',
  'enc:',
  'basic ',
  'Basic ',
  'bearer ',
  'Token ',
  'token ',
  'JWT ',
  'data:;base64,',
  'data:text/plain;base64,',
  'data:application/octet-stream;base64,',
  '!!binary ',
  '!!str ',
  'base64://',
  'literal:',
  'v1:',
  'whsec_',
  'sk_',
] as const;

const wrappings = prefixes.map(
  (prefix): Wrapping => [prefix, '', `with "${prefix}" before it`, `without the "${prefix}" before it`],
);

/** A prefix that names the encoding, such as `base64:`, is used as a part of the value. */
export const prefixKept: Transform = {
  code: 'prefix-kept',
  words: {
    title: 'A prefix of the value is part of the key',
    explanation:
      'A prefix tells how to read the value, such as `base64:` in Laravel or `Bearer ` in a header. One side removes ' +
      'it first, the other uses it as part of the key.',
    example: 'APP_KEY=base64:abc… is used as the key with its prefix.',
    proof: "One side's fingerprint matches the other side's secret with that prefix.",
    incidents: ['hasura#10120'],
    remedy: 'Store the value without a prefix, and document how to read it.',
    phrase: 'with a prefix',
    look: 'Where the value is set, remove the prefix; or have it removed (and the value decoded, if it says so) where it is read.',
  },
  *apply(input, all) {
    yield* wrapped(input, all ? wrappings : wrappings.slice(0, 2));
  },
  *undo(input) {
    for (const variant of unwrapped(input, wrappings)) yield variant;
  },
};
