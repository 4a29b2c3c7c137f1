import { isUtf8 } from 'node:buffer';
import type { TransformCode } from './codes.js';

/** One way in which the bytes of a secret are changed on the way to a service. The input is any bytes, text or not. */
export interface Transform {
  /** The code of the finding that it is. */
  readonly code: TransformCode;
  readonly words: TransformWords;
  /**
   * Every result of `undo` is also a result of `apply`, of this transform or its mirror image. The participant is then more
   * likely at fault than the reference.
   */
  readonly mirrored?: true;
  /** It removes content that cannot be restored. The participant is then more likely at fault than the reference. */
  readonly loses?: true;
  /**
   * Yields the results of the transform: the usual ones first, and only those unless `all`.
   * The search drops results that equal the input or are only whitespace.
   */
  apply(input: Input, all: boolean): Iterable<Variant>;
  /** Yields the bytes that may have been there before it, if they look changed by it. */
  undo(input: Input, all: boolean): Iterable<Variant>;
  /** Yields results that are slow to compute: tried last, and only if nothing else explains a difference. */
  slow?(input: Input): Iterable<Variant>;
}

/** Changed bytes, and the change in words. */
export interface Variant {
  /** Bytes, or a text of one character for each byte. */
  readonly to: string | Buffer;
  /** Follows "holds the secret of secret_manager": `with a newline at its end`. Never shows a letter or digit of it. */
  readonly text: string;
  /** More evidence, such as the position of a cut. */
  readonly facts?: Readonly<Record<string, string | number>>;
  /** A shell command that does the same in a pipe, if that is harmless; empty if `$(…)` does it by itself. */
  readonly filter?: string;
}

/** The texts of a code. */
export interface Words {
  readonly title: string;
  readonly explanation: string;
  readonly example: string;
  readonly proof: string;
  readonly incidents: readonly string[];
  /** The permanent fix. */
  readonly remedy: string;
  /** The next step if the participant is wrong. */
  readonly look: string;
}

/** The texts of a transform. */
export interface TransformWords extends Words {
  /** Follows "secret_manager itself holds the secret", if it was undone. */
  readonly phrase: string;
}

/** The inside of longer inputs, in bytes, is not searched: no secret is this long. */
export const longestSearched = 4096;

/** Bytes in the forms in which transforms read them, each made once. */
export class Input {
  #bytes: Buffer | undefined;
  #latin1: string | undefined;
  #unicode: string | null | undefined;

  /**
   * @param value bytes, or a text of one character for each byte
   * @param names variables that the configuration names: a secret may be stored with one of them before it
   */
  constructor(
    value: string | Buffer,
    readonly names: readonly string[] = [],
  ) {
    if (typeof value === 'string') this.#latin1 = value;
    else this.#bytes = value;
  }

  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.latin1, 'latin1');
    return this.#bytes;
  }

  /** One character for each byte, so that texts can be searched and replaced in arbitrary bytes without losing any. */
  get latin1(): string {
    this.#latin1 ??= asText(this.bytes);
    return this.#latin1;
  }

  /** The text; `null` if it is not valid UTF-8. */
  get unicode(): string | null {
    if (this.#unicode === undefined) {
      if (this.isAscii) this.#unicode = this.latin1;
      else this.#unicode = isUtf8(this.bytes) ? this.bytes.toString('utf8') : null;
    }
    return this.#unicode;
  }

  /** Whether every byte is ASCII. */
  get isAscii(): boolean {
    return isAscii(this.latin1);
  }

  /** Whether it is too long to be searched as a whole: only its ends are searched. */
  get isLong(): boolean {
    return this.latin1.length > longestSearched;
  }
}

/** Whether UTF-8 has the same bytes. */
export const isAscii = (text: string): boolean => !/[\x80-\uffff]/.test(text);

/** The bytes of a text, as a text of one character for each byte. */
export const utf8 = (text: string): string => (isAscii(text) ? text : asText(Buffer.from(text)));

/** No results, for transforms that cannot be undone. */
export const nothing = (): Variant[] => [];

/** Texts around a value: before, after, and the words for it. */
export type Wrapping = readonly [before: string, after: string, text: string, undone?: string];

/** Yields the value in each of the wrappings. */
export function* wrapped({ latin1 }: Input, wrappings: readonly Wrapping[]): Iterable<Variant> {
  for (const [before, after, text] of wrappings) yield { to: before + latin1 + after, text };
}

/** Yields the inside of the wrappings that are present. */
export function* unwrapped({ latin1 }: Input, wrappings: readonly Wrapping[]): Iterable<Variant> {
  for (const [before, after, text, undone] of wrappings) {
    if (latin1.length > before.length + after.length && latin1.startsWith(before) && latin1.endsWith(after)) {
      const inner = latin1.slice(before.length, latin1.length - after.length);
      yield { to: inner, text: undone ?? text.replace(/^(?:with|in|between|as) /, 'without ') };
    }
  }
}

/** One character for each byte, so that texts can be compared in arbitrary bytes without losing any. */
export const asText = (bytes: Buffer): string => bytes.toString('latin1');
