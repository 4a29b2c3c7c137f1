import { formatElapsed } from '../../schema/duration.js';
import type { AdoptionStatistics } from '../history/adoptions.js';
import type { Past, PastKey } from '../server/timeline.js';
import { ageOf, keyName, lengthOf, progressOf, stepsOf } from './adoption.js';
import { byId, captionedTable, el, heading, marked, svg } from './dom.js';
import type { Tone } from './shown.js';
import { counted, formatTime } from './words.js';

const curve = { width: 400, height: 80 } as const;
const barWidth = 100;

/** More keys than these are not in use anywhere. */
const mostKeys = 12;

/** Shows the age of each key in use, and the adoption of the newest version. */
export function showKeys({ keys, adoptions, until }: Past): void {
  const newest = adoptions.at(-1);
  if (keys.length === 0 && newest === undefined) return;
  byId('keys-aside').textContent =
    `${counted(keys.length, 'key')} in use${adoptions.length > 1 ? `, ${counted(adoptions.length, 'new version')}` : ''}`;
  byId('keys').replaceChildren(
    keyTable(keys),
    ...(newest === undefined ? [] : [adoptionOf(newest, until)]),
    ...(adoptions.length < 2 ? [] : [adoptionTable(adoptions)]),
  );
}

function keyTable(keys: readonly PastKey[]): HTMLElement {
  const oldest = Math.max(...keys.map(({ ageMs }) => ageMs), 1);
  const rows = keys.slice(0, mostKeys).map((key) => {
    const { fingerprint, version, ageMs, reference, holders } = key;
    return el(
      'tr',
      {},
      el(
        'th',
        { scope: 'row' },
        keyName(key),
        ...(version === null ? [] : [el('br'), el('span', { class: 'muted mono' }, fingerprint)]),
      ),
      el(
        'td',
        {},
        reference ? marked('ok', 'reference') : marked('unknown', 'other key'),
        el('div', { class: 'muted' }, counted(holders, 'participant')),
      ),
      el('td', {}, ageBar(ageMs / oldest, reference), el('span', {}, ageOf(key))),
    );
  });
  return captionedTable(
    { label: 'Keys in use', caption: 'Keys in use, by age', type: 'wide' },
    ['Key', 'Held by', 'Age'].map((text) => heading(text)),
    rows,
    keys.length - mostKeys,
  );
}

/** A bar as long as the key is old, compared with the oldest one. */
function ageBar(share: number, reference: boolean): SVGSVGElement {
  return svg(
    'svg',
    {
      viewBox: `0 0 ${barWidth} 10`,
      preserveAspectRatio: 'none',
      class: 'chart bar',
      'aria-hidden': 'true',
    },
    svg('rect', { class: 'none', x: 0, y: 0, width: barWidth, height: 10 }),
    svg('rect', {
      class: reference ? 'ok' : 'unknown',
      x: 0,
      y: 0,
      width: Math.max(share * barWidth, 1).toFixed(1),
      height: 10,
    }),
  );
}

/** The share of participants that have the newest version, from its start on. */
function adoptionOf(adoption: AdoptionStatistics, now: string): HTMLElement {
  const { startedAt, status, participants, p50Ms, p95Ms, waitingFor, adopted, last } = adoption;
  const lengthMs = lengthOf(adoption, now);
  const steps = stepsOf(adoption, lengthMs, curve);
  const name = keyName(adoption.to);
  const progress = progressOf(adoption);
  const times = [
    ...(p50Ms === null ? [] : [`half of them after ${formatElapsed(p50Ms)}`]),
    ...(p95Ms === null ? [] : [`95 % after ${formatElapsed(p95Ms)}`]),
  ];
  const missing = participants - adopted;
  const rest = missing - waitingFor.length;
  const late =
    missing > 0
      ? `Without it: ${waitingFor.join(', ')}${rest > 0 ? ` and ${rest.toLocaleString('en-GB')} more` : ''}.`
      : last.length > 0
        ? `Last: ${last.join(', ')}.`
        : null;
  return el(
    'div',
    { class: 'adoption' },
    el('h3', {}, `Adoption of ${name}`, ' ', status === 'open' ? marked('unknown', 'open') : null),
    svg(
      'svg',
      {
        viewBox: `0 0 ${curve.width} ${curve.height}`,
        preserveAspectRatio: 'none',
        class: 'chart tall',
        role: 'img',
        'aria-label': `${name}, seen at the reference since ${formatTime(startedAt)}: ${progress}`,
      },
      svg('path', { class: 'area', d: `${steps}V${curve.height}Z` }),
      svg('path', { class: 'p50', d: steps }),
    ),
    el(
      'div',
      { class: 'axis', 'aria-hidden': 'true' },
      el('span', {}, formatTime(startedAt)),
      el('span', {}, `+ ${formatElapsed(lengthMs)}`),
    ),
    el('p', { class: 'more' }, `${capitalized([progress, ...times].join('; '))}.`),
    late === null ? null : el('p', { class: 'muted' }, late),
  );
}

const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

type AdoptionStatus = AdoptionStatistics['status'];

const statusTones: Readonly<Record<AdoptionStatus, Tone>> = {
  complete: 'ok',
  open: 'unknown',
  superseded: 'bad',
  'rolled-back': 'bad',
};

const statusWords: Readonly<Record<AdoptionStatus, string>> = {
  complete: 'complete',
  open: 'open',
  superseded: 'superseded',
  'rolled-back': 'rolled back',
};

function adoptionTable(adoptions: readonly AdoptionStatistics[]): HTMLElement {
  const time = (ms: number | null): string => (ms === null ? '–' : formatElapsed(ms));
  const rows = [...adoptions]
    .reverse()
    .map(({ to, startedAt, status, adopted, participants, p50Ms, maxMs }) =>
      el(
        'tr',
        {},
        el(
          'th',
          { scope: 'row' },
          keyName(to),
          el('br'),
          el('span', { class: 'muted' }, formatTime(startedAt)),
        ),
        el(
          'td',
          {},
          marked(statusTones[status], statusWords[status]),
          el('div', { class: 'muted' }, `${adopted} of ${participants}`),
        ),
        el('td', { class: 'number narrow-out' }, time(p50Ms)),
        el('td', { class: 'number' }, time(maxMs)),
      ),
    );
  return captionedTable(
    { label: 'New versions', caption: 'New versions, newest first' },
    [
      heading('Version'),
      heading('Reached'),
      heading('Half after', 'number narrow-out'),
      heading('All after', 'number'),
    ],
    rows,
  );
}
