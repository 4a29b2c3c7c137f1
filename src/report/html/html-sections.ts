import { rules } from '../../judge/rules/index.js';
import type { Finding, Report, ReportAttempt } from '../../model.js';
import { formatLatency } from '../../schema/duration.js';
import { count } from '../text/format.js';
import { concat, type Html, html, lines, text } from '../text/html-template.js';
import { everyFact } from '../view/evidence.js';
import { type Folded, fold, foldSigners, pageLimits } from '../view/fold.js';
import { participantNotes, readFrom } from '../view/participant-words.js';
import { stepsOf } from '../view/remedy.js';
import { type Status, severityStatus, symbols } from '../view/status.js';
import { isEitherWay, type TokenTable } from '../view/token-table.js';
import type { ReportView } from '../view/view.js';
import { cell, code, type HtmlCell, section, table } from './html-elements.js';

const time = (ms: number | null): HtmlCell => cell(ms === null ? '' : formatLatency(ms));

const outcomes: Readonly<Record<Status, string>> = {
  ok: 'as they should be',
  bad: 'not as they should be',
  unknown: 'that could not be determined',
};

/** How many rows are only counted. */
function rest(folded: Folded<unknown>, what: string): Html[] {
  return folded.hidden.map(
    ({ status, rows }) => html`<p>and ${count(rows.length)} more ${what} ${outcomes[status]}.</p>`,
  );
}

/** The secret of each participant, and where it was read from. */
export function participantSection({ report, participants }: ReportView): Html {
  const reference = report.reference?.participant;
  const folded = fold(participants, pageLimits, (point) => point.participant.name === reference);
  const rows = folded.shown.map((point): HtmlCell[] => {
    const { participant, status, word } = point;
    const notes = participantNotes(point, true).map((note) => html`<br><span class="faint">${note}</span>`);
    return [
      { content: code(participant.name) },
      participant.fingerprint === null ? cell('') : { content: code(participant.fingerprint, 64) },
      cell(`${symbols[status]} ${word}`, status),
      { content: concat(text(readFrom(participant)), ...notes) },
      cell(participant.role),
      time(participant.latencyMs),
    ];
  });
  const header = ['Participant', 'Fingerprint', 'Status', 'Read from', 'Role', 'Time'];
  return section(
    'participants',
    'Participants',
    table('Who holds which secret', header, rows),
    ...rest(folded, 'participants'),
  );
}

const mostGroups = 100;
const mostMembers = 50;

/** Participants that hold the same secret. */
export function groupSection({ groups }: ReportView): Html | null {
  if (groups.length === 0) return null;
  const items = groups.slice(0, mostGroups).map(({ fingerprint, participants, reference }) => {
    const names = participants
      .slice(0, mostMembers)
      .map((name, index) => html`${index === 0 ? '' : ', '}${code(name, 60)}`);
    const more = participants.length - names.length;
    return html`<dt>${code(fingerprint, 64)}${reference ? ' (reference)' : ''}</dt><dd>${concat(...names)}${
      more > 0 ? ` and ${count(more)} more` : ''
    }</dd>`;
  });
  const more = groups.length - items.length;
  return section(
    'groups',
    'Who shares a secret',
    html`<dl>`,
    ...items,
    html`</dl>`,
    more > 0 ? html`<p>and ${count(more)} more groups.</p>` : null,
  );
}

/** A table with more columns is not read. */
const mostSigners = 16;

/** Whose tokens are accepted where, and whether invalid ones are rejected. */
export function matrixSection(whole: TokenTable): Html | null {
  if (whole.rows.length === 0) return null;
  const matrix = foldSigners(whole, mostSigners);
  const folded = fold(matrix.rows, pageLimits);
  const header = matrix.columns.map(({ kind, name }) =>
    kind === 'genuine'
      ? html`signed by ${code(name, 40)}`
      : html`${text(name, 40)} <span class="faint">(to be rejected)</span>`,
  );
  const rows = folded.shown.map((row) => [
    { content: code(row.participant) },
    { content: code(row.probe, 40) },
    ...matrix.columns.map((column): HtmlCell => {
      const found = row.cells.get(column.key);
      if (found === undefined) return { content: html`<span class="faint">not tried</span>` };
      return cell(found.word, isEitherWay(column) ? undefined : found.status);
    }),
  ]);
  return section(
    'tokens',
    'Minters and verifiers',
    table('Whose tokens each probe accepts', ['Verifier', 'Probe', ...header], rows),
    ...rest(folded, 'probes'),
  );
}

const mostAttempts = 1000;

function attemptStatus({ result, expected }: ReportAttempt): Status | undefined {
  if (result === expected) return undefined;
  return result === 'inconclusive' ? 'unknown' : 'bad';
}

/** Every answer with its time, for a later investigation; unexpected answers first. */
export function attemptSection(report: Report): Html | null {
  if (report.attempts.length === 0) return null;
  const odd = report.attempts.filter((attempt) => attempt.result !== attempt.expected);
  const expected = report.attempts.filter((attempt) => attempt.result === attempt.expected);
  const shown = [...odd, ...expected].slice(0, mostAttempts);
  const rows = shown.map((attempt): HtmlCell[] => {
    const { participant, probe, token, minter, tokenType, result, status, closeCode, detail } = attempt;
    const kind = token === 'genuine' ? `signed by ${minter ?? 'unknown'}` : token;
    return [
      { content: code(participant) },
      { content: code(probe, 40) },
      cell(tokenType === null ? kind : `${kind}, ${tokenType}`),
      cell(result, attemptStatus(attempt)),
      cell(closeCode === null ? `${status ?? ''}` : `closed with ${closeCode}`),
      cell(detail),
      time(attempt.latencyMs),
    ];
  });
  const more = report.attempts.length - shown.length;
  const header = ['Participant', 'Probe', 'Token', 'Result', 'Status', 'Answer', 'Time'];
  const summary = `${count(report.attempts.length)} attempts, ${count(odd.length)} with another result than expected`;
  return section(
    'attempts',
    'Attempts',
    html`<details>`,
    html`<summary>${summary}</summary>`,
    table('One token, one probe, one answer', header, rows),
    more > 0 ? html`<p>and ${count(more)} more, as expected or alike.</p>` : null,
    html`</details>`,
  );
}

/** More findings than this are only counted. */
const inFull = 200;

const titles: ReadonlyMap<string, string> = new Map(rules.map((rule) => [rule.code, rule.title]));

function remedy(finding: Finding): Html[] {
  return stepsOf(finding).map((step) =>
    'command' in step ? html`<pre>${text(step.command, 4000)}</pre>` : html`<p>${step.text}</p>`,
  );
}

function evidence(finding: Finding): Html | null {
  const facts = everyFact(finding);
  if (facts.length === 0) return null;
  return lines(
    html`<details>`,
    html`<summary>Evidence</summary>`,
    html`<dl>`,
    ...facts.map((fact) => html`<dt>${fact.name}</dt><dd>${code(fact.text, 800)}</dd>`),
    html`</dl>`,
    html`</details>`,
  );
}

function article(finding: Finding): Html {
  const { severity, message } = finding;
  const title = titles.get(finding.code);
  return lines(
    html`<article class="finding ${severityStatus[severity]}">`,
    html`<h3><span class="word">${severity}</span> ${code(finding.code, 60)}</h3>`,
    title === undefined ? null : html`<p class="faint">${title}.</p>`,
    html`<p>${message}</p>`,
    ...remedy(finding),
    evidence(finding),
    html`</article>`,
  );
}

/** Each finding with its cause, its remedy and its evidence, the worst first. */
export function findingSection(findings: readonly Finding[]): Html | null {
  if (findings.length === 0) return null;
  const rest = findings.length - inFull;
  return section(
    'findings',
    'Findings',
    ...findings.slice(0, inFull).map(article),
    rest > 0 ? html`<p>and ${count(rest)} more.</p>` : null,
  );
}
