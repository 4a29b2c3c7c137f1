/** The names that `--format` takes. `index.ts` has a reporter for each, and no other: it does not compile otherwise. */
export const formatNames = ['pretty', 'json', 'junit', 'sarif', 'github', 'markdown', 'html', 'tap'] as const;

export type FormatName = (typeof formatNames)[number];

/** Those that point at lines of the configuration. */
export const pointing: ReadonlySet<FormatName> = new Set(['sarif', 'github']);
