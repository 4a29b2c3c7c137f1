import { formatElapsed } from '../../schema/duration.js';
import type { Past } from '../server/timeline.js';
import { ageOf } from './adoption.js';
import { createParticipants, createTokens } from './check-panels.js';
import { type Connection, connect } from './connection.js';
import { byId, put } from './dom.js';
import { showKeys } from './key-panel.js';
import { createRotation, showPastRotations } from './rotation-panel.js';
import { shown } from './shown.js';
import { showLatency, showTimeline } from './timeline-panel.js';
import { showTiles, showTimes, showTrouble, showVerdict } from './verdict-panel.js';

const links = {
  connecting: 'connecting',
  live: 'live',
  asking: 'asking every 5 s',
  lost: 'connection lost',
} as const;

const spans = { '1h': 'The last hour', '24h': 'The last 24 hours', '7d': 'The last 7 days' } as const;

const isSpan = (text: string | null): text is keyof typeof spans =>
  text !== null && Object.hasOwn(spans, text);

/** Milliseconds between two reads of the history, which changes slowly. */
const pastEveryMs = 15_000;

function start(): void {
  const showParticipants = createParticipants();
  const showTokens = createTokens();
  const showRotation = createRotation();
  let known: Connection = { state: 'connecting', heardAt: Date.now(), status: null };
  let span: keyof typeof spans = '24h';
  let pastAt = 0;
  let past: { readonly span: keyof typeof spans; readonly is: Past } | null = null;
  let turn = '';
  /** Reads of the history in one turn: the first may come before the check is recorded. */
  let due = 0;
  const drawn = new Map<string, string>();

  /** Redraws a part only if its content changed, so that focus and selection stay. */
  function part<T>(name: string, what: T, draw: (what: T) => void): void {
    const text = JSON.stringify(what);
    if (drawn.get(name) === text) return;
    drawn.set(name, text);
    draw(what);
  }

  function changed(next: Connection): void {
    known = next;
    byId('link').dataset.is = next.state;
    put(byId('link-words'), links[next.state]);
    const { status } = next;
    if (status !== null) {
      const { now: _, ...formatDuration } = status;
      put(byId('environment'), status.environment);
      put(byId('version'), `jwtcheck ${status.version}`);
      part('times', formatDuration, () => showTimes(status));
      part('tiles', [status.report, status.outages.length], () => showTiles(status));
      const { incident, outages, blindness, report, lastCheck } = status;
      const { verdict, findings } = report ?? {};
      part('trouble', [incident, outages, blindness, findings, verdict, lastCheck?.failed], () =>
        showTrouble(status),
      );
      part('participants', [report?.groups, report?.participants], () => showParticipants(report));
      part('rotation', status.rotation, showRotation);
      part('tokens', report?.tokens ?? null, () => showTokens(report));
      showPast();
      const reported = outages.map(({ participant, isReported }) => [participant, isReported]);
      const before = turn;
      turn = JSON.stringify([
        verdict,
        incident?.since,
        incident?.level,
        reported,
        blindness?.isReported,
        status.rotation?.state,
      ]);
      if (turn !== before) due = 2;
    }
    tick();
    if (next.state === 'lost' || (due === 0 && Date.now() - pastAt <= pastEveryMs)) return;
    due = Math.max(0, due - 1);
    void lookBack();
  }

  /** Includes the statements about the last check. */
  function showPast(): void {
    if (past === null) return;
    const { span: shownSpan, is } = past;
    const { until: _, since: __, ...rest } = is;
    part('past', [shownSpan, rest], () => showTimeline(is, spans[shownSpan]));
    part('keys', [is.keys.map((key) => ({ ...key, ageMs: ageOf(key) })), is.adoptions], () => showKeys(is));
    part('rotations', [is.rotations, is.rotationSummary], () => showPastRotations(is));
    const report = known.status?.report ?? null;
    part('latency', [shownSpan, is.buckets, report?.participants], () => showLatency(is, report));
  }

  async function lookBack(): Promise<void> {
    pastAt = Date.now();
    const asked = span;
    try {
      const response = await fetch(`history.json?since=${asked}`, { cache: 'no-store' });
      if (!response.ok || asked !== span) return;
      past = { span: asked, is: await response.json() };
      showPast();
      tick();
    } catch {
      // The last drawing stays; the verdict above shows whether the monitor is reachable.
    }
  }

  /** Updates running times every second, and removes what is too old to be shown as current. */
  function tick(): void {
    const { status, heardAt, state } = known;
    const now = Date.now();
    const reached = state !== 'lost';
    showVerdict(shown({ status, reached, heardAt, now }), status?.environment ?? null);
    const clock = status === null ? now : Date.parse(status.now) + (now - heardAt);
    for (const element of document.querySelectorAll('time[data-how]')) {
      const away = clock - Date.parse(element.getAttribute('datetime') ?? '');
      const how = element.getAttribute('data-how');
      if (how === 'for') put(element, formatElapsed(away));
      else if (how === 'ago') put(element, `${formatElapsed(away)} ago`);
      else put(element, away > 0 ? 'due now' : `in ${formatElapsed(-away)}`);
    }
  }

  for (const input of document.querySelectorAll('input[name=span]')) {
    input.addEventListener('change', () => {
      const chosen = input.getAttribute('value');
      span = isSpan(chosen) ? chosen : '24h';
      void lookBack();
    });
  }
  setInterval(tick, 1000);
  connect(changed);
}

start();
