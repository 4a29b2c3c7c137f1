import type { Io } from '../../system/io.js';

/** A word that could stand where the cursor is, and what it means. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
}

/** What fits: words, names of files after the beginning of the word, or another command, which its own completion knows. */
export type Completion =
  | { readonly is: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly is: 'files'; readonly prefix: string }
  | { readonly is: 'command' };

/** What the words before tell: which configuration, and which environment. */
export interface Context {
  readonly io: Io;
  readonly config: string | undefined;
  readonly environment: string | undefined;
}
