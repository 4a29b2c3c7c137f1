import type { Report } from '../model.js';

/** How a report is to be written. */
export interface Style {
  readonly color: boolean;
  /** Width of the terminal, in columns. */
  readonly columns: number;
  /** Fold nothing. */
  readonly verbose: boolean;
  /** Only the verdict and what is wrong. */
  readonly quiet: boolean;
}

/** Where the configuration says what it says, for formats that point at lines of it. */
export interface Origin {
  /**
   * The configuration's file, with forward slashes: relative to the repository or the working directory, absolute where
   * it lies in neither; `null` where there is none.
   */
  readonly file: string | null;
  /** Line of a participant's name in the file, from 1; `null` where it cannot be told. */
  lineOf(participant: string): number | null;
}

/** A way to write a report: one file that exports one of these, one line in `index.ts`. */
export type Reporter = (report: Report, style: Style, origin?: Origin) => string;
