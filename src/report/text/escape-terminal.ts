import type { Holds } from '../../system/io.js';
import { readable } from './escape.js';
import { sanitize } from './sanitize.js';

/** Most texts need no escaping. */
const ordinary = /^[\x20-\x7e\n\t]*$/;

/** Text that a CI may take for a command to itself. */
const commandLike = /::|#\[|#vso\[/;

/** The colors and weights that the theme puts around text that was already escaped. */
export const ownColors = /\u001b\[(?:[12]|22|3[1-46]|39)m/g;

/** Left unescaped: these, line breaks and tabs. */
const meant = new RegExp(`(\\n|\\t|${ownColors.source})`);

/**
 * Escapes a text for standard output and standard error, regardless of who built it. Texts are escaped where they are laid
 * out, because their width counts there; this covers the places where that was forgotten. It leaves nothing that a terminal
 * acts upon except line breaks and our own colors, and no line that a CI obeys, unless the text is meant for it.
 */
export function forTerminal(text: string, holds: Holds): string {
  if (holds === 'terminal-control') return text;
  const isOrdinary = ordinary.test(text);
  if (isOrdinary && !commandLike.test(text)) return text;
  const shown = text
    .split(meant)
    .map((part, index) => (index % 2 === 0 ? sanitize(part) : part))
    .join('');
  return holds === 'workflow-commands' ? shown : readable(shown);
}
