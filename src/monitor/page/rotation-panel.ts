import { formatElapsed } from '../../schema/duration.js';
import type { RotationParticipantStatus, RotationStatus } from '../server/status-document.js';
import type { Past, PastRotation } from '../server/timeline.js';
import { byId, captionedTable, counting, el, heading, icon, longTable, marked } from './dom.js';
import type { Tone } from './shown.js';
import { counted, formatTime } from './words.js';

type State = RotationStatus['state'];
type Mode = RotationStatus['mode'];

/** The states of each mode, in their order. */
const lines: Readonly<Record<Mode, readonly string[]>> = {
  overlap: ['idle', 'staged', 'promoted', 'revoked', 'finished'],
  cutover: ['idle', 'promoted', 'revoked', 'finished'],
  emergency: ['idle', 'revoked', 'finished'],
};

const nouns: Readonly<Record<Mode, string>> = {
  overlap: 'Rotation',
  cutover: 'Cutover',
  emergency: 'Emergency rotation',
};

const versions = ({ from, to }: { readonly from: number; readonly to: number | null }): string =>
  to === null ? `version ${from}` : `version ${from} to version ${to}`;

const isOver = (state: State): boolean => state === 'finished' || state === 'rolled-back';

/** Shows the open rotation, or the last one: its states as a line, and what each participant does with the keys. */
export function createRotation() {
  const heads = [
    el('th', { scope: 'col' }, 'Participant'),
    el('th', { scope: 'col', class: 'keys narrow-out' }, 'Signs with'),
    el('th', { scope: 'col', class: 'keys narrow-out' }, 'Accepts'),
    el('th', { scope: 'col', class: 'keys narrow-out' }, 'Rejects'),
    el('th', { scope: 'col' }, 'Lacks'),
  ];
  const caption = 'What each participant does with the keys, by version; what is lacking comes first';
  const table = longTable('participant', caption, el('thead', {}, el('tr', {}, ...heads)));

  return (rotation: RotationStatus | null): void => {
    if (rotation === null) {
      byId('rotation-now').replaceChildren();
      return;
    }
    const { mode, state, openedAt, since, aim, isRead, isStalled, participants } = rotation;
    byId('rotation').hidden = false;
    byId('rotation-aside').replaceChildren(
      ...(isOver(state)
        ? [`lasted ${formatElapsed(Date.parse(since) - Date.parse(openedAt))}`]
        : ['open for ', counting(openedAt, 'for')]),
    );
    const word =
      state === 'rolled-back' ? 'Rolled back' : `${state.charAt(0).toUpperCase()}${state.slice(1)}`;
    const now = el(
      'div',
      {},
      el('h3', {}, `${nouns[mode]} of ${versions(rotation)}`),
      lineOf(mode, state),
      el(
        'p',
        { class: 'more' },
        `${word} since ${formatTime(since)}, `,
        counting(since, 'ago'),
        aim === null ? '.' : `: ${aim}.`,
      ),
      isStalled ? el('p', {}, marked('unknown', 'It is open for longer than its drain and a day.')) : null,
      isRead ? null : el('p', {}, marked('unknown', 'The last check could not read its record.')),
      participants.length === 0 ? null : table.root,
    );
    byId('rotation-now').replaceChildren(now);
    table.show(participants.map((one) => ({ key: one.name, make: () => rowOf(one) })));
  };
}

/** The states from left to right, with the present one marked. */
function lineOf(mode: Mode, state: State): HTMLElement {
  const present = state === 'rolled-back' ? 'idle' : state;
  const steps = lines[mode];
  // An emergency may be in a state that its line does not have, as the record of another version says.
  const at = steps.indexOf(present);
  return el(
    'ol',
    { class: 'steps', 'aria-label': 'States of the rotation' },
    ...steps.map((name, index) => {
      const isPast = index < at || (index === at && name === 'finished');
      const attributes: Record<string, string> = {
        'data-is': index === at ? 'present' : isPast ? 'past' : 'ahead',
      };
      if (index === at) attributes['aria-current'] = 'step';
      const shown = name === 'idle' && state === 'rolled-back' ? 'rolled back' : name;
      return el('li', attributes, isPast ? icon('ok') : null, el('span', {}, shown));
    }),
  );
}

const keysOf = (numbers: readonly number[]): string => (numbers.length === 0 ? '–' : numbers.join(', '));

function rowOf({ name, signs, accepts, rejects, lacks }: RotationParticipantStatus): HTMLTableRowElement {
  // On a narrow screen, the keys stand below the name.
  const keys = [
    ...(signs.length === 0 ? [] : [`signs with ${keysOf(signs)}`]),
    ...(accepts.length === 0 ? [] : [`accepts ${keysOf(accepts)}`]),
    ...(rejects.length === 0 ? [] : [`rejects ${keysOf(rejects)}`]),
  ];
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, name, el('span', { class: 'muted wide-out' }, keys.join('; '))),
    el('td', { class: 'keys narrow-out' }, keysOf(signs)),
    el('td', { class: 'keys narrow-out' }, keysOf(accepts)),
    el('td', { class: 'keys narrow-out' }, keysOf(rejects)),
    el(
      'td',
      {},
      ...(lacks.length === 0
        ? [marked('ok', 'nothing')]
        : lacks.map(({ status, text }) => el('div', {}, marked(status, text)))),
    ),
  );
}

const statusWords: Readonly<Record<PastRotation['status'], string>> = {
  open: 'open',
  finished: 'finished',
  'rolled-back': 'rolled back',
  lost: 'end unknown',
};

function toneOf({ status, stalled, deviations, rejectedTokens }: PastRotation): Tone {
  if (deviations.length > 0 || rejectedTokens > 0) return 'bad';
  return status === 'finished' && !stalled ? 'ok' : 'unknown';
}

/** Shows how often rotations were, and how well they went. */
export function showPastRotations({ rotations, rotationSummary: sums }: Past): void {
  if (rotations.length === 0) return void byId('rotation-past').replaceChildren();
  byId('rotation').hidden = false;
  const { total, clean, meanTimeBetweenMs, p50Ms, maxMs, states } = sums;
  const often = meanTimeBetweenMs === null ? '' : `, one every ${formatElapsed(meanTimeBetweenMs)}`;
  const typical =
    p50Ms === null || maxMs === null
      ? ''
      : `; finished after ${formatElapsed(p50Ms)} (half), ${formatElapsed(maxMs)} at most`;
  const each = states.flatMap((one) =>
    one.p50Ms === null ? [] : [`${one.state} for ${formatElapsed(one.p50Ms)}`],
  );
  byId('rotation-past').replaceChildren(
    el(
      'p',
      { class: 'more' },
      `${counted(total, 'rotation')}${often}${typical}. ${clean.toLocaleString('en-GB')} of ${total.toLocaleString('en-GB')} went well.`,
    ),
    ...(each.length === 0 ? [] : [el('p', { class: 'muted' }, `Half of them: ${each.join(', ')}.`)]),
    captionedTable(
      { label: 'Rotations', caption: 'Rotations, newest first' },
      [heading('Rotation'), heading('Outcome'), heading('Lasted'), heading('Deviations', 'narrow-out')],
      [...rotations].reverse().map(pastRow),
    ),
  );
}

function pastRow(rotation: PastRotation): HTMLTableRowElement {
  const { mode, status, openedAt, durationMs, deviations, stalled, rejectedTokens } = rotation;
  const wrong = [
    ...deviations.map(({ code, checks }) => `${code} (${counted(checks, 'check')})`),
    ...(stalled ? ['stalled'] : []),
    ...(rejectedTokens > 0 ? [`${counted(rejectedTokens, 'valid token')} rejected`] : []),
  ];
  return el(
    'tr',
    {},
    el(
      'th',
      { scope: 'row' },
      `${rotation.from} to ${rotation.to ?? '–'}`,
      mode === 'overlap' ? null : ` (${mode})`,
      el('br'),
      el('span', { class: 'muted' }, formatTime(openedAt)),
    ),
    el('td', {}, marked(toneOf(rotation), statusWords[status])),
    el('td', {}, formatElapsed(durationMs)),
    el('td', { class: 'narrow-out' }, wrong.length === 0 ? '–' : wrong.join(', ')),
  );
}
