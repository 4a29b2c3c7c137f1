import type { Style } from '../../src/report/reporter.js';

/** As it is written to a file. */
export const plainStyle: Style = { color: false, columns: 80, verbose: false, quiet: false };
