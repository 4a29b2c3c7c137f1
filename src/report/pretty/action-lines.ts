import type { RemedyStep } from '../../model.js';
import type { Style } from '../reporter.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import type { Theme } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { type Status, symbols } from '../view/status.js';
import { emulatorNote } from '../view/summary.js';

/** Maximum length of a text from findings, from the configuration or from a record. */
const longestText = 600;

/** Maximum length of a command. A truncated command does not run. */
const longestCommand = 4000;

/** A text of one report, safe to print. */
export const clean = (text: string): string => sanitizeAndTruncate(text, longestText);

/** A command on one line, however narrow the terminal is: a wrapped one would be pasted as two. */
export const pastable = (command: string): string => sanitizeAndTruncate(command, longestCommand);

/** The sections that have lines, with an empty line between them. */
export const joinSections = (sections: readonly (readonly string[])[]): string =>
  `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;

/** The result of a command that acts, and a note if it used an emulator. */
export function headLines(
  {
    headline: { status, word, text },
    environment,
    emulators,
  }: {
    readonly headline: { readonly status: Status; readonly word: string; readonly text: string };
    readonly environment: string;
    readonly emulators: readonly string[];
  },
  theme: Theme,
  style: Style,
): string[] {
  const sign = `${symbols[status]} ${word}`;
  const [first = sign, ...more] = wrapWithIndent(
    `${sign}  `,
    clean(`${environment}: ${text}`),
    style.columns,
  );
  const note = emulatorNote({ emulators });
  return [
    `${theme.status[status](sign)}${theme.strong(first.slice(sign.length))}`,
    ...more.map((line) => theme.strong(line)),
    ...(note === null ? [] : wrapWithIndent('  ', note, style.columns).map(theme.status.unknown)),
  ];
}

/** A sentence, or a command that can be copied. */
export function stepLines(step: RemedyStep, indent: string, theme: Theme, style: Style): string[] {
  return 'command' in step
    ? [theme.command(`${indent}  ${pastable(step.command)}`)]
    : wrapWithIndent(indent, clean(step.text), style.columns);
}

/** The next command, and its purpose. */
export function nextLines(
  { next }: { readonly next: { readonly command: string; readonly does: string } | null },
  theme: Theme,
  style: Style,
): string[] {
  if (next === null) return [];
  return [
    theme.command(`Next: ${pastable(next.command)}`),
    ...wrapWithIndent('      ', clean(next.does), style.columns).map(theme.faint),
  ];
}
