import { formatLatency } from '../../schema/duration.js';
import type { ReportSummary } from '../server/status-document.js';
import type { Past } from '../server/timeline.js';
import { lineOf, slotsOf } from './bars.js';
import { byId, el, svg } from './dom.js';
import { axisOf } from './timeline-panel.js';

const height = 80;
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
        viewBox: `0 0 ${slots} ${height}`,
        preserveAspectRatio: 'none',
        class: 'chart tall',
        role: 'img',
        'aria-label': `Answers to valid tokens; at the end ${now}; at most ${formatLatency(most)}`,
      },
      svg('path', { class: 'p95', d: lineOf(past, ({ p95Ms }) => p95Ms, most * 1.05, height) }),
      svg('path', { class: 'p50', d: lineOf(past, ({ p50Ms }) => p50Ms, most * 1.05, height) }),
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
