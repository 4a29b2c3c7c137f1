import type { Input, Transform, Variant } from './transform.js';

/** The key is the text as it is, and one side decoded it because it can be read as hex; or only removed `0x`. */
export const hexDecoded: Transform = {
  code: 'hex-decoded',
  words: {
    title: 'The secret was decoded as hex, but the text is the key',
    explanation:
      'The secret consists of hex digits, and one side converts them to bytes, or removes a leading 0x, before it ' +
      'signs. The other side uses the text unchanged. Node stops at the first character that is not a hex digit.',
    example:
      'The secret is the output of `openssl rand -hex 32`; one service uses the 32 bytes, the other the 64 digits.',
    proof: "One side's fingerprint matches the other side's secret decoded from hex, or without its 0x.",
    incidents: ['eth-docker PR 2043'],
    remedy:
      'Decide whether the key is the digits or the bytes, document it, and make every service do the same.',
    phrase: 'decoded from hex',
    look: 'Use the digits as they are; look for Buffer.from(secret, "hex"), unhexlify or the like.',
  },
  *apply({ latin1, isLong }, all) {
    const prefix = /^(?:0x|0X|hex:|\\x|x')/.exec(latin1)?.[0] ?? '';
    const rest = latin1.slice(prefix.length);
    const digits = rest.replace(/[:\s-]|\\x|,?\s*0x|'$/g, '');
    const isHex = digits.length > 1 && /^[0-9a-fA-F]+$/.test(digits);
    const named = prefix === '' ? '' : ` after its prefix "${prefix}"`;
    if (isHex && digits.length % 2 === 0)
      yield { to: Buffer.from(digits, 'hex'), text: `decoded from hex${named}` };
    if (prefix !== '') yield { to: rest, text: `without its "${prefix}"` };
    if (!all || isLong) return;
    if (isHex) {
      const odd = digits.length % 2 === 1 ? `0${digits}` : digits;
      const number = Buffer.from(odd, 'hex');
      yield { to: number, text: 'decoded from hex, with a 0 before it' };
      // As Java's BigInteger does.
      const first = number.findIndex((byte) => byte !== 0);
      if (first > 0)
        yield { to: number.subarray(first), text: 'decoded from hex as a number, without leading zeros' };
      if ((number[0] ?? 0) > 0x7f)
        yield {
          to: Buffer.concat([Buffer.of(0), number]),
          text: 'decoded from hex as a number, with a sign byte',
        };
    }
    const start = Buffer.from(latin1, 'hex');
    if (start.length > 1)
      yield { to: start, text: 'decoded from hex up to the first character that is none' };
  },
  *undo(input, all) {
    yield* asHex(input, all);
  },
};

function* asHex({ bytes, latin1, isLong }: Input, all: boolean): Iterable<Variant> {
  if (bytes.length === 0) return;
  const hex = bytes.toString('hex');
  yield { to: hex, text: 'as hex' };
  if (!all || isLong) return;
  const upper = hex.toUpperCase();
  yield { to: upper, text: 'as hex in upper case' };
  yield { to: `0x${hex}`, text: 'as hex with "0x" before it' };
  yield { to: `hex:${hex}`, text: 'as hex with "hex:" before it' };
  yield { to: `\\x${hex}`, text: 'as hex with "\\x" before it' };
  for (const [digits, words] of [
    [hex, ''],
    [upper, ' in upper case'],
  ] as const) {
    const pairs = digits.match(/../g) ?? [];
    yield { to: pairs.join(':'), text: `as hex${words} with colons` };
    yield { to: pairs.join(' '), text: `as hex${words} with spaces` };
    yield { to: pairs.join('-'), text: `as hex${words} with dashes` };
    yield {
      to: pairs.map((pair) => `\\x${pair}`).join(''),
      text: `as hex${words} with "\\x" before each byte`,
    };
  }
  if (/^[0-9a-fA-F]+$/.test(latin1)) {
    yield { to: `0x${latin1}`, text: 'with "0x" before it' };
    yield { to: (latin1.match(/../g) ?? []).join(':'), text: 'with colons between its hex digits' };
  }
}
