import type { ExitCode } from '../model.js';

/** Of a command that checks. */
export const allExits = [0, 1, 2, 3, 4, 130, 143] as const satisfies readonly ExitCode[];

/** Of a command that only reads what is here and prints it. */
export const plainExits = [0, 2, 4, 130] as const satisfies readonly ExitCode[];
