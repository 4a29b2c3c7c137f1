import { xml } from '../text/escape.js';
import type { Status } from '../view/participant-status.js';

/** A cell of which the content is HTML already. */
export interface HtmlCell {
  readonly html: string;
  readonly status?: Status | undefined;
}

/** A name as code. */
export const coded = (text: string, columns = 80): string => `<code>${xml(text, columns)}</code>`;

export const cell = (text: string, status?: Status): HtmlCell => ({ html: xml(text, 400), status });

/** A table that can be scrolled by keyboard where it is too wide; the first cell of each row is its heading. */
export function table(
  caption: string,
  header: readonly string[],
  rows: readonly (readonly HtmlCell[])[],
): string[] {
  const scoped = header.map((html) => `<th scope="col">${html}</th>`);
  return [
    `<section class="scroll" tabindex="0" aria-label="${xml(caption)}">`,
    '<table>',
    `<caption>${xml(caption)}</caption>`,
    `<thead><tr>${scoped.join('')}</tr></thead>`,
    '<tbody>',
    ...rows.map((cells) => `<tr>${cells.map(tag).join('')}</tr>`),
    '</tbody>',
    '</table>',
    '</section>',
  ];
}

function tag({ html, status }: HtmlCell, index: number): string {
  if (index === 0) return `<th scope="row">${html}</th>`;
  return status === undefined ? `<td>${html}</td>` : `<td class="${status}">${html}</td>`;
}
