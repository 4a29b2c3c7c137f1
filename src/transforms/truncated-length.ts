import { isOrdinary } from './cut.js';
import { isAscii, nothing, type Transform, type Variant } from './transform.js';

/** Sizes of keys, of columns and of bcrypt's input, in bytes. */
const usual = [16, 24, 32, 48, 64, 72, 128, 255, 256];

/** Only the first or last bytes were kept. */
export const truncatedLength: Transform = {
  code: 'truncated-length',
  words: {
    title: 'Only a part of the secret is used',
    explanation:
      'One side keeps only the first bytes: a key of a fixed size, a column that is too short, or a function such as ' +
      'bcrypt that stops at 72 bytes; or a character was lost when the value was copied.',
    example: 'backend_service uses secret[:32] to get a key of 256 bits.',
    proof:
      "One side's fingerprint matches the first or last bytes of the other's secret, cut where no special character stands.",
    incidents: ['superset#37753'],
    remedy: 'Use the whole secret: HMAC accepts keys of any length.',
    phrase: 'cut to a part of its bytes',
    look: 'Where the value is read or stored, look for a slice, a column or a field that is too short; where one character is missing, copy the value again.',
  },
  loses: true,
  *apply({ latin1, isLong }, all) {
    const { length } = latin1;
    for (const size of usual) if (size < length) yield* cut(latin1, size);
    for (const size of usual) yield* cutCharacters(latin1, size);
    if (!all || isLong) return;
    if (length < 3) return;
    if (isOrdinary(latin1[length - 1] ?? ''))
      yield { to: latin1.slice(0, -1), text: 'without its last character', facts: { length: length - 1 } };
    yield { to: latin1.slice(1), text: 'without its first character', facts: { length: length - 1 } };
    yield {
      to: latin1.slice(1, -1),
      text: 'without its first and last characters',
      facts: { length: length - 2 },
    };
    for (let size = length - 2; size > 0; size -= 1) yield* cut(latin1, size);
    for (let lost = 2; lost < length; lost += 1)
      yield {
        to: latin1.slice(lost),
        text: `without its first ${lost} bytes`,
        facts: { length: length - lost },
      };
    for (const size of [...usual, 60]) yield* blocks(latin1, size);
  },
  undo: nothing,
};

/** A fixed length is reported only at an ordinary character: a special character already explains the cut. */
function* cut(text: string, length: number): Iterable<Variant> {
  if (isOrdinary(text[length] ?? ''))
    yield { to: text.slice(0, length), text: `cut to its first ${length} bytes`, facts: { length } };
}

/** Languages such as JavaScript cut at characters, of which some take several bytes. */
function* cutCharacters(latin1: string, size: number): Iterable<Variant> {
  if (size >= latin1.length || isAscii(latin1)) return;
  const kept = Buffer.from(latin1, 'latin1').toString('utf8').slice(0, size);
  const length = Buffer.byteLength(kept);
  if (length !== size && length < latin1.length) yield* cut(latin1, length);
}

/** From both ends at once: a few characters are lost at each. */
function* blocks(text: string, size: number): Iterable<Variant> {
  if (size >= text.length) return;
  for (const lost of [1, 2])
    if (lost + size < text.length)
      yield {
        to: text.slice(lost, lost + size),
        text: `without its first ${lost === 1 ? 'byte' : `${lost} bytes`}, cut to ${size} bytes`,
        facts: { length: size },
      };
}
