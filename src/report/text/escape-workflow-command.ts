import { escapeChar, sanitizeAndTruncate } from './sanitize.js';

/** Longer annotations are not read. */
const longestLine = 1000;

/** The data of a workflow command, of which each line is made harmless first. GitHub: "Workflow commands for GitHub Actions". */
export function commandData(lines: readonly string[]): string {
  return lines.map((line) => sanitizeAndTruncate(line, longestLine).replaceAll('%', '%25')).join('%0A');
}

/** The value of a property of a workflow command, on one line. */
export function commandProperty(text: string): string {
  return sanitizeAndTruncate(text, longestLine)
    .replaceAll('%', '%25')
    .replaceAll(':', '%3A')
    .replaceAll(',', '%2C');
}

/** Lines that are to be read and not to be obeyed: none begins with `::`, whatever blanks stand before it. */
export function readable(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gmu, (_, blanks: string) => `${blanks}${escapeChar(':')}`);
}
