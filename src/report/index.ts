import { json } from './json.js';
import { pretty } from './pretty.js';
import type { Reporter } from './report.js';

/** Every way to write a report, by the name that `--format` takes. */
export const reporters = { pretty, json } satisfies Record<string, Reporter>;

export type FormatName = keyof typeof reporters;
