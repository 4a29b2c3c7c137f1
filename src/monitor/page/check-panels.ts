import type { Status } from '../../report/view/status.js';
import { formatLatency } from '../../schema/duration.js';
import type { ReportSummary, TokensSummary } from '../server/status-document.js';
import { byId, el, longTable, marked } from './dom.js';
import { counted } from './words.js';

const mostGroups = 12;
const mostNames = 8;

/** Shows which secret each participant holds: the groups, then the participants. */
export function createParticipants() {
  const caption = 'Every participant; what is wrong comes first';
  const cells = [
    el('th', { scope: 'col' }, 'Participant'),
    el('th', { scope: 'col' }, 'Secret'),
    el('th', { scope: 'col' }, 'Fingerprint'),
    el('th', { scope: 'col', class: 'narrow-out' }, 'Source'),
    el('th', { scope: 'col', class: 'number narrow-out' }, 'Read in'),
    el('th', { scope: 'col', class: 'number narrow-out' }, 'Token in'),
  ];
  const table = longTable('participant', caption, el('thead', {}, el('tr', {}, ...cells)));

  return (report: ReportSummary | null): void => {
    if (report === null) return;
    byId('groups').hidden = false;
    if (!table.root.isConnected) byId('participants').replaceChildren(table.root);
    byId('groups-aside').textContent =
      `${counted(report.groups.length, 'secret')} among ${counted(report.participants.length, 'participant')}`;
    showGroups(report);
    table.show(
      report.participants.map((participant) => ({
        key: participant.name,
        make: () => {
          const { name, role, source, status, word, fingerprint, version, error } = participant;
          const about = version === null ? role : `${role}, version ${version}`;
          return el(
            'tr',
            {},
            el('th', { scope: 'row' }, name, el('br'), el('span', { class: 'muted' }, about)),
            el('td', {}, marked(status, word), error === null ? null : el('div', { class: 'muted' }, error)),
            el('td', { class: 'mono whole' }, fingerprint ?? '–'),
            el('td', { class: 'narrow-out' }, source ?? 'tokens alone'),
            el('td', { class: 'number narrow-out' }, time(participant.latencyMs)),
            el('td', { class: 'number narrow-out' }, time(participant.tokenMs)),
          );
        },
      })),
    );
  };
}

const time = (ms: number | null): string => (ms === null ? '–' : formatLatency(ms));

const groupWords: Readonly<Record<Status, string>> = {
  ok: 'accepted',
  bad: 'differs',
  unknown: 'unknown',
};

function showGroups({ groups, reference, emulator }: ReportSummary): void {
  const items = groups.slice(0, mostGroups).map((group) => {
    const { participants: names, status } = group;
    const word = group.reference ? 'reference' : groupWords[status];
    const rest = names.length - mostNames;
    const others = rest > 0 ? ` and ${rest.toLocaleString('en-GB')} more` : '';
    return el(
      'li',
      { 'data-is': status },
      el('p', {}, el('span', { class: 'print' }, group.fingerprint), ' ', marked(status, word)),
      el(
        'p',
        { class: 'names' },
        `${counted(names.length, 'participant')}: ${names.slice(0, mostNames).join(', ')}${others}`,
      ),
    );
  });
  if (groups.length > mostGroups)
    items.push(el('li', {}, `and ${counted(groups.length - mostGroups, 'more secret')}`));
  if (emulator !== null) items.unshift(el('li', { 'data-is': 'unknown' }, emulator));
  if (groups.length === 0) {
    const about = reference === null ? '' : ` The reference is ${reference}.`;
    items.push(el('li', {}, `No fingerprint could be read.${about}`));
  }
  byId('groups').replaceChildren(...items);
}

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
