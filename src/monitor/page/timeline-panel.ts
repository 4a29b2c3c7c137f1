import { formatElapsed, formatLatency } from '../../schema/duration.js';
import type { ReportSummary } from '../server/status-document.js';
import type { Past, PastIncident } from '../server/timeline.js';
import { type Bar, barsOf, lineOf, slotAt, slotsOf, totalsOf } from './bars.js';
import { byId, captionedTable, counting, el, heading, marked, svg } from './dom.js';
import { counted, formatTime, percent } from './words.js';

const height = 60;

/** Faults have the tallest bars, so that they are visible without colours. */
const tall: Readonly<Record<Bar['kind'], number>> = { bad: height, unknown: 40, ok: 20, none: 3 };

const mostIncidents = 10;

const kinds = { drift: 'Drift', unreachable: 'Unreachable', monitor: 'Monitoring degraded' } as const;

/** Shows the last day or week: the result of each stretch, the incidents, and the share of good checks. */
export function showTimeline(past: Past, words: string): void {
  const slots = slotsOf(past);
  const totals = totalsOf(past);
  const checks = counted(totals.checks, 'check');
  const good =
    totals.checks === 0
      ? 'nothing was checked'
      : `${percent(totals.consistent, totals.checks)} of ${checks} consistent`;
  const incidents = [...past.incidents].reverse();
  const label = `${words}: ${good}; ${counted(incidents.length, 'incident')}`;
  byId('past').replaceChildren(
    svg(
      'svg',
      {
        viewBox: `0 0 ${slots} ${height}`,
        preserveAspectRatio: 'none',
        class: 'chart',
        role: 'img',
        'aria-label': label,
      },
      ...barsOf(past).map(({ kind, from, to }) =>
        svg('rect', { class: kind, x: from, width: to - from, y: height - tall[kind], height: tall[kind] }),
      ),
    ),
    marksOf(past, slots),
    axisOf(past),
    legend(),
    el('p', { class: 'more' }, `${label}.`),
    incidents.length === 0 ? '' : listOf(incidents),
  );
}

/** A line below the bars for each incident: it is visible even if the incident is too short for a bar. */
function marksOf(past: Past, slots: number): SVGSVGElement {
  const least = slots / 150;
  const marks = past.incidents.map(({ since, until, kind }) => {
    const from = Math.max(0, slotAt(past, since));
    const to = Math.max(from + least, until === null ? slots : slotAt(past, until) + 1);
    return svg('rect', {
      class: kind === 'drift' ? 'bad' : 'unknown',
      x: from,
      width: to - from,
      y: 0,
      height: 4,
    });
  });
  const view = {
    viewBox: `0 0 ${slots} 6`,
    preserveAspectRatio: 'none',
    class: 'chart marks',
    'aria-hidden': 'true',
  };
  return svg('svg', view, ...marks);
}

/** Beginning, middle and end in local time. */
function axisOf({ since, until }: Past): HTMLElement {
  const from = Date.parse(since);
  const to = Date.parse(until);
  const long = to - from > 36 * 3_600_000;
  const style = long
    ? ({ weekday: 'short', day: 'numeric', month: 'short' } as const)
    : ({ hour: '2-digit', minute: '2-digit' } as const);
  const at = (share: number): HTMLElement =>
    el('span', {}, new Date(from + share * (to - from)).toLocaleString('en-GB', style));
  return el('div', { class: 'axis', 'aria-hidden': 'true' }, at(0), at(0.5), el('span', {}, 'now'));
}

function legend(): HTMLElement {
  const item = (kind: string, text: string): HTMLElement =>
    el('li', { class: kind }, el('i'), el('span', {}, text));
  return el(
    'ul',
    { class: 'legend', 'aria-hidden': 'true' },
    item('ok', 'consistent'),
    item('unknown', 'inconclusive'),
    item('bad', 'inconsistent'),
    item('none', 'not checked'),
  );
}

function listOf(incidents: readonly PastIncident[]): HTMLElement {
  const rows = incidents
    .slice(0, mostIncidents)
    .map(({ kind, level, since, until, codes, participants, summary, remediation }) => {
      const length =
        until === null
          ? el('td', {}, marked('bad', 'open'), ' ', counting(since, 'for'))
          : el('td', {}, formatElapsed(Date.parse(until) - Date.parse(since)));
      const names =
        participants.length > 3 ? counted(participants.length, 'participant') : participants.join(', ');
      return el(
        'tr',
        {},
        el('th', { scope: 'row' }, kinds[kind], el('br'), el('span', { class: 'muted' }, level)),
        el('td', { class: 'whole' }, formatTime(since)),
        length,
        el(
          'td',
          {},
          codes.length > 0 ? el('span', { class: 'mono' }, codes.join(', ')) : summary,
          el('div', { class: 'muted' }, names),
          remediation === undefined ? '' : el('div', {}, remediation),
        ),
      );
    });
  return captionedTable(
    { label: 'Incidents', caption: 'Incidents, newest first' },
    ['Incident', 'Since', 'Lasted', 'Cause'].map((text) => heading(text)),
    rows,
    incidents.length - mostIncidents,
  );
}

const latencyHeight = 80;
const mostSlow = 5;

/** Shows the response times for valid tokens over time, and the slowest answers of the last check. */
export function showLatency(past: Past, report: ReportSummary | null): void {
  const values = past.buckets.flatMap(({ p95Ms }) => p95Ms ?? []);
  const newest = past.buckets.findLast(({ p50Ms }) => p50Ms !== null);
  if (newest === undefined) return;
  const most = Math.max(...values, 1);
  const slots = slotsOf(past);
  const now = `half of all answers within ${formatLatency(newest.p50Ms ?? 0)}, 95 % within ${formatLatency(newest.p95Ms ?? 0)}`;
  byId('latency-aside').textContent = `${formatLatency(most)} at the top`;
  byId('latency').replaceChildren(
    svg(
      'svg',
      {
        viewBox: `0 0 ${slots} ${latencyHeight}`,
        preserveAspectRatio: 'none',
        class: 'chart tall',
        role: 'img',
        'aria-label': `Answers to valid tokens; at the end ${now}; at most ${formatLatency(most)}`,
      },
      svg('path', { class: 'p95', d: lineOf(past, ({ p95Ms }) => p95Ms, most * 1.05, latencyHeight) }),
      svg('path', { class: 'p50', d: lineOf(past, ({ p50Ms }) => p50Ms, most * 1.05, latencyHeight) }),
    ),
    axisOf(past),
    el(
      'ul',
      { class: 'legend', 'aria-hidden': 'true' },
      el('li', {}, el('i', { class: 'line' }), el('span', {}, 'half within (p50)')),
      el('li', {}, el('i', { class: 'line dashed' }), el('span', {}, '95 % within (p95)')),
    ),
    el('p', { class: 'more' }, `Last: ${now}.`),
    slowest(report),
  );
}

function slowest(report: ReportSummary | null): HTMLElement | string {
  const timed = (report?.participants ?? []).flatMap(({ name, tokenMs }) =>
    tokenMs === null ? [] : [{ name, tokenMs }],
  );
  if (timed.length < 2) return '';
  const slow = timed.sort((a, b) => b.tokenMs - a.tokenMs).slice(0, mostSlow);
  return el(
    'p',
    { class: 'muted' },
    `Slowest in the last check: ${slow.map(({ name, tokenMs }) => `${name} ${formatLatency(tokenMs)}`).join(', ')}.`,
  );
}
