/** The names that `--format` takes; `index.ts` has a reporter for each. */
export const formatNames = ['pretty', 'json', 'junit', 'sarif', 'github', 'markdown', 'html', 'tap'] as const;

/** The name of a format. */
export type FormatName = (typeof formatNames)[number];

/** The format of what was observed, before it is judged: not of a report. */
export const observationsFormat = 'observations';

/** What a check can write. */
export type OutputFormat = FormatName | typeof observationsFormat;

/** Formats that point at lines of the configuration. */
export const pointing: ReadonlySet<OutputFormat> = new Set(['sarif', 'github']);
