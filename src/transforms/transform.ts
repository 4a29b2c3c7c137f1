import { isUtf8 } from 'node:buffer';
import type { TransformCode } from './codes.js';

/** One way in which the bytes of a secret get changed on their way into a service. Any bytes go in, text or not. */
export interface Transform {
  /** The code of the finding that it is. */
  readonly code: TransformCode;
  readonly words: TransformWords;
  /**
   * Whatever `undo` yields, `apply` of this transform or of its mirror image yields, too. A participant is then rather at
   * fault than the reference.
   */
  readonly mirrored?: true;
  /** What it takes away cannot be put back. A participant is then rather at fault than the reference. */
  readonly loses?: true;
  /**
   * Yields what the transform makes of the bytes: the usual results first, and only those unless `all`.
   * Results that are the input again, or blank, are dropped by the search.
   */
  apply(input: Input, all: boolean): Iterable<Variant>;
  /** Yields what the bytes may have been before it, where they look as if it had happened to them. */
  undo(input: Input, all: boolean): Iterable<Variant>;
  /** Yields what takes long to compute: tried last, and only where nothing else explains a difference. */
  slow?(input: Input): Iterable<Variant>;
}

/** Other bytes, and how they came about. */
export interface Variant {
  /** Bytes, or a text of one character for each byte. */
  readonly to: string | Buffer;
  /** Goes after "holds the secret of secret_manager": `with a newline at its end`. Never shows a letter or digit of it. */
  readonly text: string;
  /** More for the evidence, such as the position of a cut. */
  readonly facts?: Readonly<Record<string, string | number>>;
  /** A shell command that does the same in a pipe, where that is harmless; empty: `$(…)` does it by itself. */
  readonly filter?: string;
}

/** All that is said about a code whose secret is no secret at all. */
export interface Words {
  readonly title: string;
  readonly explanation: string;
  readonly example: string;
  readonly proof: string;
  readonly incidents: readonly string[];
  /** The permanent fix. */
  readonly remedy: string;
  /** The next step where the participant is wrong. */
  readonly look: string;
}

/** All that is said about a transform. */
export interface TransformWords extends Words {
  /** Goes after "secret_manager itself holds the secret", where it was undone. */
  readonly phrase: string;
}

/** Longer inputs, in bytes, are not searched for what is inside them: no secret is so long. */
export const longestSearched = 4096;

/** Bytes in the forms in which transforms read them, each made once. */
export class Input {
  #latin1: string | undefined;
  #unicode: string | null | undefined;

  /** @param names variables that the configuration names: a secret may be kept with one of them before it */
  constructor(
    readonly bytes: Buffer,
    readonly names: readonly string[] = [],
  ) {}

  /** One character for each byte, so that texts can be searched and replaced in arbitrary bytes without losing any. */
  get latin1(): string {
    this.#latin1 ??= this.bytes.toString('latin1');
    return this.#latin1;
  }

  /** The text; `null` where it is not valid UTF-8. */
  get unicode(): string | null {
    if (this.#unicode === undefined) this.#unicode = isUtf8(this.bytes) ? this.bytes.toString('utf8') : null;
    return this.#unicode;
  }

  /** Whether every byte is ASCII. */
  get isAscii(): boolean {
    return !/[\x80-\xff]/.test(this.latin1);
  }

  /** Whether it is too long for anything but its ends to be looked at. */
  get isLong(): boolean {
    return this.bytes.length > longestSearched;
  }
}

/** The bytes of a text, as a text of one character for each byte. */
export const utf8 = (text: string): string =>
  /[\x80-\uffff]/.test(text) ? Buffer.from(text).toString('latin1') : text;

/** Nothing: for what cannot be undone. */
export const nothing = (): Variant[] => [];

/** Texts that are put around a value: before, after, and the words for it. */
export type Wrapping = readonly [before: string, after: string, text: string, undone?: string];

/** Yields the value in each of the wrappings. */
export function* wrapped({ latin1 }: Input, wrappings: readonly Wrapping[]): Iterable<Variant> {
  for (const [before, after, text] of wrappings) yield { to: before + latin1 + after, text };
}

/** Yields what is inside of those wrappings that are there. */
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
