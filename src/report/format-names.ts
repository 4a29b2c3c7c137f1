/** The names that `--format` takes; `index.ts` has a reporter for each. */
export const formatNames = ['pretty', 'json', 'junit', 'sarif', 'github', 'markdown', 'html', 'tap'] as const;

/** The name of a format. */
export type FormatName = (typeof formatNames)[number];

/** Formats that point at lines of the configuration. */
export const pointing: ReadonlySet<FormatName> = new Set(['sarif', 'github']);
