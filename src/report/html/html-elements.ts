import { concat, type Html, html, lines, text } from '../text/html-template.js';
import type { Status } from '../view/status.js';

/** A name as code. */
export const code = (name: string, columns = 80): Html => html`<code>${text(name, columns)}</code>`;

/** A cell of a table. */
export interface HtmlCell {
  readonly content: Html;
  readonly status?: Status | undefined;
}

/** A cell of text. */
export const cell = (content: string, status?: Status): HtmlCell => ({ content: text(content, 400), status });

/** A section under a heading of its own. */
export function section(id: string, heading: string, ...content: readonly (Html | null)[]): Html {
  return lines(
    html`<section aria-labelledby="${id}">`,
    html`<h2 id="${id}">${heading}</h2>`,
    ...content,
    html`</section>`,
  );
}

/** A table that can be scrolled by keyboard if it is too wide; the first cell of each row is its heading. */
export function table(
  caption: string,
  header: readonly (Html | string)[],
  rows: readonly (readonly HtmlCell[])[],
): Html {
  const headings = header.map((heading) => html`<th scope="col">${heading}</th>`);
  return lines(
    html`<section class="scroll" tabindex="0" aria-label="${caption}">`,
    html`<table>`,
    html`<caption>${caption}</caption>`,
    html`<thead><tr>${concat(...headings)}</tr></thead>`,
    html`<tbody>`,
    ...rows.map((cells) => html`<tr>${concat(...cells.map(tableCell))}</tr>`),
    html`</tbody>`,
    html`</table>`,
    html`</section>`,
  );
}

function tableCell({ content, status }: HtmlCell, index: number): Html {
  if (index === 0) return html`<th scope="row">${content}</th>`;
  return status === undefined ? html`<td>${content}</td>` : html`<td class="${status}">${content}</td>`;
}
