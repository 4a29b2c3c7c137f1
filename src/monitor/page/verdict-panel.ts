import { formatLatency } from '../../schema/duration.js';
import type { FindingSummary, StatusDocument } from '../server/status-document.js';
import { byId, counting, el, icon, marked, put, shapes } from './dom.js';
import type { Shown, Tone } from './shown.js';
import { counted, formatTime, money } from './words.js';

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

const mostNames = 6;
const mostShown = 8;

/** The open incident, or the findings of the last check: since when, participants, cause and fix. */
export function showTrouble(status: StatusDocument): void {
  const { incident, outages, blindness, report } = status;
  const current = report?.findings ?? [];
  // An incident that is not yet resolved after a good check is shown as last reported.
  const findings = current.length > 0 ? current : (incident?.findings ?? []);
  const section = byId('trouble');
  section.hidden = findings.length === 0 && incident === null && outages.length === 0 && blindness === null;
  if (section.hidden) return;
  section.dataset.is = incident !== null || report?.status === 'bad' ? 'bad' : 'unknown';
  byId('trouble-title').textContent =
    incident !== null ? 'Open incident' : blindness === null ? 'Findings' : 'Monitoring is degraded';
  byId('trouble-aside').replaceChildren(...(incident === null ? [] : asideOf(incident)));
  const said = incident !== null && areShown(incident.findings, findings);
  const more = findings.length - mostShown;
  byId('trouble-body').replaceChildren(
    ...(incident === null || said ? [] : [el('p', { class: 'trouble-said' }, incident.summary)]),
    notes(status),
    ...findings.slice(0, mostShown).map(finding),
    ...(more > 0
      ? [el('p', { class: 'more muted' }, `and ${counted(more, 'more finding')}; see report.json`)]
      : []),
  );
}

/** Whether all that an incident is about stands among the shown findings: its summary would repeat them. */
function areShown(about: readonly FindingSummary[], shown: readonly FindingSummary[]): boolean {
  const codes = new Set(shown.map(({ code }) => code));
  return about.length > 0 && about.every(({ code }) => codes.has(code));
}

function asideOf({ level, peak, since, impact }: NonNullable<StatusDocument['incident']>): (Node | string)[] {
  const worst = peak === level ? '' : ` (was ${peak})`;
  const risk = impact.mrrAtRisk > 0 ? `, ${money(impact.mrrAtRisk, impact.currency)} a month at risk` : '';
  return [`${level}${worst}, for `, counting(since, 'for'), `, since ${formatTime(since)}${risk}`];
}

/** The reason why an incident is still open although the last check does not show it; `null` if it does. */
function whyOpen({ incident, report, lastCheck }: StatusDocument): string | null {
  const isWrong = ({ severity }: FindingSummary) => severity === 'critical' || severity === 'error';
  if (incident === null || report === null) return null;
  const failed = lastCheck !== null && lastCheck.failed !== null;
  if (!failed && report.verdict === 'consistent' && !report.findings.some(isWrong))
    return 'The last check was good: it is over after enough of them in a row';
  return failed || report.verdict === 'inconclusive'
    ? 'The last check was inconclusive: the incident stays open until a check is consistent'
    : null;
}

function notes(status: StatusDocument): HTMLElement {
  const { outages, blindness } = status;
  const why = whyOpen(status);
  const lines = outages.slice(0, mostShown).map(({ participant, since }) => {
    const line = el('li', {}, marked('unknown', `${participant} cannot be reached`), ' for ');
    line.append(counting(since, 'for'));
    return line;
  });
  if (outages.length > mostShown)
    lines.push(el('li', { class: 'muted' }, `and ${outages.length - mostShown} more that cannot be reached`));
  if (blindness !== null) {
    const text = 'Everything fails at once: look at the network of the monitor, or at its reference';
    const line = el('li', {}, marked('unknown', text), ' for ');
    line.append(counting(blindness.since, 'for'));
    lines.unshift(line);
  }
  if (why !== null) lines.unshift(el('li', {}, why));
  return el('ul', { class: 'notes' }, ...lines);
}

function finding({ code, severity, participants, message, steps }: FindingSummary): HTMLElement {
  const tone = severity === 'warning' || severity === 'info' ? 'unknown' : 'bad';
  const others = participants.length - mostNames;
  const names = participants.slice(0, mostNames).join(', ') + (others > 0 ? ` and ${others} more` : '');
  const head = el('p', {}, el('span', { class: `code ${tone}` }, code));
  if (names !== '') head.append(el('span', { class: 'muted' }, ` ${names}`));
  return el(
    'article',
    { class: 'finding' },
    el('h3', {}, message),
    head,
    steps.length === 0 ? null : el('p', { class: 'todo' }, 'What to do'),
    ...steps.map((step) => ('command' in step ? command(step.command) : el('p', {}, step.text))),
  );
}

function command(text: string): HTMLElement {
  const code = el('code', {}, text);
  const button = el('button', { type: 'button', 'aria-label': `Copy the command ${text}` }, 'Copy');
  button.addEventListener('click', () => {
    void copied(text, code).then((done) => {
      button.textContent = done ? 'Copied' : 'Selected';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 2000);
    });
  });
  return el('div', { class: 'command' }, el('pre', {}, code), button);
}

/** Without TLS a browser denies access to the clipboard: the text is then selected. */
async function copied(text: string, shownIn: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shownIn);
    return false;
  }
}
