import { el } from './dom.js';
import { counted } from './words.js';

/** A row: its search text and its content. */
export interface Row {
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
  // A container that may be wider than the window must also scroll by keyboard.
  const scroller = el('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': caption }, table);
  const root = el('div', {}, tools, scroller);

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
