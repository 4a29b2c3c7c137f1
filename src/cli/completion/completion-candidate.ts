import type { Io } from '../../system/io.js';

/** A possible word at the cursor, with a description. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** The completion: words, file names after a prefix, or another command with its own completion. */
export type Completion =
  | { readonly is: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly is: 'files'; readonly prefix: string }
  | { readonly is: 'command' };

/** The configuration and the environment of the preceding words. */
export interface Context {
  readonly io: Io;
  readonly config: string | undefined;
  readonly environment: string | undefined;
}
