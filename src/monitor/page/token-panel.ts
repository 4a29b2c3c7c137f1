import type { ReportSummary, TokensSummary } from '../server/status-document.js';
import { byId, el, longTable, marked } from './dom.js';
import { counted } from './words.js';

/** Shows which probe accepts which tokens: a row for each probe, a column for each minter and each control. */
export function createTokens() {
  const table = longTable('probe', 'Tokens by signer and by probe; what is wrong comes first', el('thead'));

  return (report: ReportSummary | null): void => {
    if (report === null) return;
    const { tokens } = report;
    if (tokens.rows.length === 0) {
      byId('tokens').replaceChildren(
        el('p', { class: 'muted' }, 'No probe is configured: no token was presented.'),
      );
      byId('tokens-aside').replaceChildren();
      return;
    }
    if (!table.root.isConnected) byId('tokens').replaceChildren(table.root);
    const { results, columnsLeftOut } = tokens;
    const left = columnsLeftOut === 0 ? '' : `; ${counted(columnsLeftOut, 'more signer')} not shown`;
    const parts = [
      counted(results.accepted, 'token accepted', 'tokens accepted'),
      `${results.rejected.toLocaleString('en-GB')} rejected`,
      `${results.inconclusive.toLocaleString('en-GB')} inconclusive`,
    ];
    byId('tokens-aside').textContent = `${parts.join(', ')}${left}`;
    table.show(
      tokens.rows.map(({ participant, probe, cells }) => ({
        key: `${participant} ${probe}`,
        make: () =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, participant, el('br'), el('span', { class: 'muted' }, probe)),
            ...cells.map((cell) =>
              el(
                'td',
                {},
                cell === null ? el('span', { class: 'muted' }, 'not tried') : marked(cell.status, cell.word),
              ),
            ),
          ),
      })),
      headOf(tokens),
    );
  };
}

function headOf({ columns }: TokensSummary): HTMLTableSectionElement {
  const genuine = columns.filter(({ kind }) => kind === 'genuine').length;
  const controls = columns.length - genuine;
  const group = (text: string, span: number): HTMLElement | null =>
    span === 0 ? null : el('th', { scope: 'colgroup', colspan: `${span}` }, text);
  return el(
    'thead',
    {},
    el(
      'tr',
      {},
      el('th', { scope: 'col', rowspan: '2' }, 'Presented to'),
      group('Valid, signed by', genuine),
      group('Must be rejected', controls),
    ),
    el('tr', {}, ...columns.map(({ name }) => el('th', { scope: 'col' }, name))),
  );
}
