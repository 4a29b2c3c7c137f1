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

/** A way to write a report: one file that exports one of these, one line in `index.ts`. */
export type Reporter = (report: Report, style: Style) => string;
