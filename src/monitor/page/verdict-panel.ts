import { formatLatency } from '../../schema/duration.js';
import type { StatusDocument } from '../server/status-document.js';
import { byId, counting, el, icon, put, shapes } from './dom.js';
import type { Shown, Tone } from './shown.js';
import { counted, money } from './words.js';

const marks: Readonly<Record<Tone, string>> = { ok: '✓', bad: '✕', unknown: '?', stale: '…' };

const colours: Readonly<Record<Tone, string>> = {
  ok: '#16713f',
  bad: '#b3201a',
  unknown: '#855400',
  stale: '#515c6a',
};

/** Shows the verdict in words, shape, colour, title and tab icon; announced to screen readers only if it changed. */
export function showVerdict(shown: Shown, environment: string | null): void {
  const { tone, word, sentence } = shown;
  if (document.body.dataset.tone !== tone || byId('sign').childElementCount === 0) {
    document.body.dataset.tone = tone;
    byId('sign').replaceChildren(icon(tone));
    document.querySelector('link[rel=icon]')?.setAttribute('href', favicon(tone));
  }
  if (byId('verdict-word').textContent !== word) {
    put(byId('verdict-word'), word);
    put(byId('announcement'), `${word}. ${sentence}`);
  }
  put(byId('verdict-sentence'), sentence);
  const where = environment === null ? '' : ` ${environment}`;
  const title = `${marks[tone]} ${word}${where === '' ? '' : ` ·${where}`} · jwtcheck`;
  if (document.title !== title) document.title = title;
}

function favicon(tone: Tone): string {
  const { outline, sign } = shapes[tone];
  const line = `fill="none" stroke="white" stroke-width="2.8" stroke-linecap="round"`;
  const image = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 26 26"><path d="${outline}" fill="${colours[tone]}"/><path d="${sign}" ${line}/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(image)}`;
}

/** When the last check was, when the next will be, and how urgent it all is. */
export function showTimes({
  lastCheck,
  nextCheckAt,
  report,
  intervalMs,
  bad,
  incident,
}: StatusDocument): void {
  const parts: HTMLElement[] = [];
  if (lastCheck !== null) {
    const took = ` (took ${formatLatency(lastCheck.durationMs)})`;
    parts.push(el('span', {}, 'Last check ', counting(lastCheck.endedAt, 'ago'), took));
  }
  parts.push(
    nextCheckAt === null
      ? el('span', {}, lastCheck === null ? 'The first check is under way' : 'A check is under way')
      : el('span', {}, 'Next ', counting(nextCheckAt, 'in')),
  );
  parts.push(el('span', {}, `Every ${formatLatency(intervalMs).replace('.0 s', ' s')}`));
  if (report !== null) parts.push(el('span', {}, `Level ${report.level}`));
  if (bad !== null && incident === null)
    parts.push(el('span', {}, `${counted(bad.count, 'bad check')} in a row; no notification was sent yet`));
  byId('times').replaceChildren(...parts);
}

/** The result in numbers. */
export function showTiles({ report, outages }: StatusDocument): void {
  if (report === null) return void byId('tiles').replaceChildren();
  const { participants, tokens, impact } = report;
  const right = participants.filter(({ status }) => status === 'ok').length;
  const rows = tokens.rows.filter(({ status }) => status === 'ok').length;
  byId('tiles').replaceChildren(
    tile('hold the right secret', right, participants.length),
    tile('answer tokens as they should', rows, tokens.rows.length),
    tile('cannot be reached', outages.length, null),
    tile('a month at risk', money(impact.mrrAtRisk, impact.currency), null),
  );
}

function tile(what: string, value: number | string, of: number | null): HTMLElement {
  const text = typeof value === 'number' ? value.toLocaleString('en-GB') : value;
  const rest = of === null ? null : el('span', { class: 'of' }, ` of ${of.toLocaleString('en-GB')}`);
  return el('li', {}, el('span', { class: 'what' }, what), el('b', {}, text, rest));
}
