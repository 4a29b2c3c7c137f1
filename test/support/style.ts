import type { Style } from '../../src/report/reporter.js';

/** The style of output to a file. */
export const plainStyle: Style = { color: false, columns: 80, verbose: false, quiet: false };
