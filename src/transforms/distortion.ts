import type { DistortionCode } from './codes.js';

/** One way in which the bytes of a secret get changed on their way into a service. Any bytes go in, text or not. */
export interface Distortion {
  /** The code of the finding that it is. */
  readonly code: DistortionCode;
  /** What the distortion makes of the bytes, the most usual first; nothing where it would change nothing. */
  apply(bytes: Buffer): readonly Variant[];
  /** What the bytes may have been before it, where they look as if it had happened to them. */
  undo(bytes: Buffer): readonly Variant[];
}

/** Other bytes, and how they came about, in words that go after a name. */
export interface Variant {
  readonly bytes: Buffer;
  /** Such as `with "\\n" appended`, or `without its last "\\n"`. Never a part of the secret. */
  readonly text: string;
}

/** Longer ones, in bytes, are not searched for what is inside them: no secret is so long. */
export const longestSearched = 4096;

/** One character for each byte, so that texts can be searched and replaced in arbitrary bytes without losing any. */
export function asText(bytes: Buffer): string {
  return bytes.toString('latin1');
}

/** Back from `asText`. */
export function asBytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** A variant from a text of one character for each byte; nothing where it is what it was, or nothing is left. */
export function changed(before: string, after: string, text: string): Variant[] {
  return after === before || after === '' ? [] : [{ bytes: asBytes(after), text }];
}
