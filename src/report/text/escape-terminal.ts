import type { Holds } from '../../system/io.js';
import { readable } from './escape-workflow-command.js';
import { sanitize } from './sanitize.js';

/** Nothing to do: one look over the text tells. */
const ordinary = /^[\x20-\x7e\n\t]*$/;

/** What a CI may take for a command to itself. */
const commandLike = /::|#\[|#vso\[/;

/** The colours and weights that `paint` puts around what was escaped before. */
export const ownColors = /\u001b\[(?:[12]|22|3[1-46]|39)m/g;

/** What stays: with these, line breaks and tabs. */
const meant = new RegExp(`(\\n|\\t|${ownColors.source})`);

/**
 * A text as it may go to standard output and standard error, whoever put it together. Texts are escaped where they are
 * laid out, since their width counts there; this is what holds where that was forgotten: nothing that a terminal acts
 * upon, but line breaks and our own colours, and no line that a CI obeys, unless that is what the text is for.
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
