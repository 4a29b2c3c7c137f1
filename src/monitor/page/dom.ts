import type { Tone } from './shown.js';
import { counted } from './words.js';

type Child = Node | string | null;

/** An element with attributes and children. Text becomes text, never markup. */
export function el<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** The same for drawings. */
export function svg<T extends keyof SVGElementTagNameMap>(
  tag: T,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: readonly Node[]
): SVGElementTagNameMap[T] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
  element.append(...children);
  return element;
}

/** The element of the document with this id. @throws Error if it is missing: the document and this script differ */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`no element ${id}`);
  return element;
}

/** Sets the text, and changes nothing if it is already there. */
export function put(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Each tone has its own shape: a tick in a disc, a cross in an octagon, a question mark in a triangle, a broken ring.
 */
export const shapes: Readonly<Record<Tone, { readonly outline: string; readonly sign: string }>> = {
  ok: { outline: 'M12 1a11 11 0 1 0 0 22a11 11 0 1 0 0-22z', sign: 'M6.8 12.4l3.5 3.6l7-7.6' },
  bad: { outline: 'M7.6 1h8.8L23 7.6v8.8L16.4 23H7.6L1 16.4V7.6z', sign: 'M8 8l8 8M16 8l-8 8' },
  unknown: { outline: 'M12 1.5L23.5 22.5H.5z', sign: 'M12 9v6.2M12 18.4v1.2' },
  stale: { outline: 'M12 1a11 11 0 1 0 0 22a11 11 0 1 0 0-22z', sign: 'M12 6v6.4l4.2 2.6' },
};

/** The shape of a tone, in the colour of its text. */
export function icon(tone: Tone): SVGSVGElement {
  const { outline, sign } = shapes[tone];
  const hollow = tone === 'stale';
  return svg(
    'svg',
    { viewBox: '-1 -1 26 26', class: 'icon', 'aria-hidden': 'true', focusable: 'false' },
    svg('path', {
      d: outline,
      fill: hollow ? 'none' : 'currentColor',
      stroke: 'currentColor',
      'stroke-width': hollow ? 2 : 0,
      'stroke-dasharray': hollow ? '4.5 3' : 'none',
    }),
    svg('path', {
      d: sign,
      fill: 'none',
      stroke: hollow ? 'currentColor' : 'var(--card)',
      'stroke-width': 2.6,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
  );
}

/** A word with the shape of its tone. */
export function marked(tone: Tone, word: string): HTMLElement {
  return el('span', { class: `with-icon ${tone}` }, icon(tone), el('span', {}, word));
}

/** A time that is updated continuously: `tick` writes the age, the time left, or the duration. */
export function counting(at: string, how: 'ago' | 'in' | 'for'): HTMLElement {
  return el('time', { datetime: at, 'data-how': how, title: new Date(at).toLocaleString() });
}

/** A container that may be wider than the window; it scrolls by keyboard, too. */
const scrollable = (label: string, type: string, ...content: readonly Child[]): HTMLElement =>
  el('div', { class: type, tabindex: '0', role: 'region', 'aria-label': label }, ...content);

/** A heading of a column, with classes for its width. */
export const heading = (text: string, type = ''): HTMLElement =>
  el('th', { scope: 'col', ...(type === '' ? {} : { class: type }) }, text);

/** A table under a caption, and the number of rows that it leaves out. */
export function captionedTable(
  { label, caption, type = 'wide past-list' }: { label: string; caption: string; type?: string },
  headings: readonly HTMLElement[],
  rows: readonly HTMLElement[],
  leftOut = 0,
): HTMLElement {
  return scrollable(
    label,
    type,
    el(
      'table',
      {},
      el('caption', {}, caption),
      el('thead', {}, el('tr', {}, ...headings)),
      el('tbody', {}, ...rows),
    ),
    leftOut > 0 ? el('p', { class: 'muted' }, `and ${leftOut} more; see history.json`) : null,
  );
}

/** A row: its search text and its content. */
interface Row {
  readonly key: string;
  readonly make: () => HTMLTableRowElement;
}

/** Rows that are shown before the reader expands the table. */
const few = 25;

/** As many as a browser draws without a pause. */
const many = 2000;

let tables = 0;

/** A table that shows its first rows, finds others by name, and keeps the input across refreshes. */
export function longTable(what: string, caption: string, head: HTMLTableSectionElement) {
  tables += 1;
  const id = `find-${tables}`;
  let rows: readonly Row[] = [];
  let all = false;
  const input = el('input', { type: 'search', id, autocomplete: 'off', spellcheck: 'false' });
  const toggle = el('button', { type: 'button' });
  const count = el('p', { class: 'aside', role: 'status' });
  const tools = el('div', { class: 'tools' }, el('label', { for: id }, 'Find', input), toggle, count);
  const body = el('tbody');
  const headSlot = head;
  const table = el('table', {}, el('caption', {}, caption), headSlot, body);
  const root = el('div', {}, tools, scrollable(caption, 'wide', table));

  function draw(): void {
    const wanted = input.value.trim().toLowerCase();
    const found = wanted === '' ? rows : rows.filter(({ key }) => key.toLowerCase().includes(wanted));
    const shown = found.slice(0, all ? many : few);
    body.replaceChildren(...shown.map(({ make }) => make()));
    tools.hidden = rows.length <= few;
    toggle.hidden = found.length <= few;
    toggle.textContent = all ? 'Show fewer' : `Show all ${found.length.toLocaleString('en-GB')}`;
    const text = `${shown.length.toLocaleString('en-GB')} of ${counted(rows.length, what)}`;
    if (count.textContent !== text) count.textContent = text;
  }
  input.addEventListener('input', draw);
  toggle.addEventListener('click', () => {
    all = !all;
    draw();
  });
  return {
    root,
    show(next: readonly Row[], nextHead?: HTMLTableSectionElement): void {
      rows = next;
      if (nextHead !== undefined) table.tHead?.replaceWith(nextHead);
      draw();
    },
  };
}
