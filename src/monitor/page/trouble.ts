import type { FindingSummary, StatusDocument } from '../server/status-document.js';
import { byId, counting, el, marked } from './dom.js';
import { counted, formatTime, money } from './words.js';

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
