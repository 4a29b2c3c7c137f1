/** One way in which the bytes of a secret get changed on their way into a service. */
export interface Distortion {
  /** The code of the finding that it is. */
  readonly code: string;
  /** What the distortion makes of the bytes; nothing where it would change nothing. */
  apply(bytes: Buffer): readonly Variant[];
  /** What the bytes may have been before it, where they look as if it had happened to them. */
  undo(bytes: Buffer): readonly Variant[];
}

/** Other bytes, and how they came about, in words that go after a name. */
export interface Variant {
  readonly bytes: Buffer;
  /** Such as `with "\\n" appended`, or `without its last "\\n"`. */
  readonly text: string;
}
