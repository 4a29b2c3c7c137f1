import type { ReportView } from './view/view.js';

/** How a report is written. */
export interface Style {
  readonly color: boolean;
  /** Width of the terminal, in columns. */
  readonly columns: number;
  /** Fold nothing. */
  readonly verbose: boolean;
  /** Only the verdict and the problems. */
  readonly quiet: boolean;
}

/** Where the configuration names each participant, for formats that point at its lines. */
export interface Origin {
  /**
   * The configuration's file, with forward slashes: relative to the repository or the working directory, absolute if it
   * is in neither; `null` if there is none.
   */
  readonly file: string | null;
  /** Line of a participant's name in the file, from 1; `null` if it is unknown. */
  lineOf(participant: string): number | null;
}

/** A format: one file that exports one of these, and one line in `index.ts`. */
export type Reporter = (view: ReportView, style: Style, origin?: Origin) => string;
