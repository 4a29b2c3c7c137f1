import type { Report } from '../../model.js';
import { formatLatency } from '../../schema/duration.js';
import { xml } from '../text/escape.js';
import { symbols } from '../text/theme.js';
import { count } from '../view/fold.js';
import type { ParticipantStatus } from '../view/participant-status.js';
import { notes, readFrom } from '../view/participant-words.js';
import { foldSigners } from '../view/token-folds.js';
import type { TokenTable } from '../view/token-table.js';
import { type Folds, folded } from './html-fold.js';
import { cell, coded, type HtmlCell, table } from './html-template.js';

const time = (ms: number | null): HtmlCell => cell(ms === null ? '' : formatLatency(ms));

/** How many are told in words only. */
function rest(folds: Folds<unknown>, what: string): string[] {
  return folds.hidden.map(({ status, rows }) => {
    const how = {
      ok: 'as they should be',
      bad: 'not as they should be',
      unknown: 'that could not be determined',
    };
    return `<p>and ${count(rows.length)} more ${what} ${how[status]}.</p>`;
  });
}

/** Who holds which secret, and where it was read from. */
export function participantSection(report: Report, points: readonly ParticipantStatus[]): string[] {
  const reference = report.reference?.participant;
  const folds = folded(points, (point) => point.participant.name === reference);
  const rows = folds.shown.map((point) => {
    const { participant, status, word } = point;
    const besides = notes(point, true).map((note) => `<br><span class="faint">${xml(note)}</span>`);
    return [
      { html: coded(participant.name) },
      { html: participant.fingerprint === null ? '' : coded(participant.fingerprint, 64) },
      cell(`${symbols[status]} ${word}`, status),
      { html: `${xml(readFrom(participant))}${besides.join('')}` },
      cell(participant.role),
      time(participant.latencyMs),
    ];
  });
  const header = ['Participant', 'Fingerprint', 'Standing', 'Read from', 'Role', 'Time'];
  return [
    '<section aria-labelledby="participants">',
    '<h2 id="participants">Participants</h2>',
    ...table('Who holds which secret', header, rows),
    ...rest(folds, 'participants'),
    '</section>',
  ];
}

const mostGroups = 100;
const mostMembers = 50;

/** Which participants hold the same secret. */
export function groupSection(report: Report): string[] {
  if (report.groups.length === 0) return [];
  const items = report.groups.slice(0, mostGroups).map(({ fingerprint, participants, reference }) => {
    const names = participants.slice(0, mostMembers).map((name) => coded(name, 60));
    const more = participants.length - names.length;
    const right = reference ? ' (reference)' : '';
    return `<dt>${coded(fingerprint, 64)}${right}</dt><dd>${names.join(', ')}${more > 0 ? ` and ${count(more)} more` : ''}</dd>`;
  });
  const more = report.groups.length - items.length;
  return [
    '<section aria-labelledby="groups">',
    '<h2 id="groups">Who shares a secret</h2>',
    '<dl>',
    ...items,
    '</dl>',
    ...(more > 0 ? [`<p>and ${count(more)} more groups.</p>`] : []),
    '</section>',
  ];
}

/** More columns than this are no table any more. */
const mostSigners = 16;

/** Whose tokens are accepted where, and whether bad ones are refused. */
export function matrixSection(whole: TokenTable): string[] {
  if (whole.rows.length === 0) return [];
  const matrix = foldSigners(whole, mostSigners);
  const folds = folded(matrix.rows);
  const header = matrix.columns.map(({ kind, name }) =>
    kind === 'genuine'
      ? `signed by ${coded(name, 40)}`
      : `${xml(name, 40)} <span class="faint">(to be rejected)</span>`,
  );
  const rows = folds.shown.map((row) => [
    { html: coded(row.participant) },
    { html: coded(row.probe, 40) },
    ...matrix.columns.map((column): HtmlCell => {
      const found = row.cells.get(column.key);
      if (found === undefined) return { html: '<span class="faint">not tried</span>' };
      const indifferent = column.kind === 'genuine' && column.right === false;
      return cell(found.word, indifferent ? undefined : found.status);
    }),
  ]);
  return [
    '<section aria-labelledby="tokens">',
    '<h2 id="tokens">Minters and verifiers</h2>',
    ...table('Whose tokens each probe accepts', ['Verifier', 'Probe', ...header], rows),
    ...rest(folds, 'probes'),
    '</section>',
  ];
}

const mostAttempts = 1000;

/** Every answer with its time, for whoever looks into it later; those that were not expected first. */
export function attemptSection(report: Report): string[] {
  if (report.attempts.length === 0) return [];
  const odd = report.attempts.filter((attempt) => attempt.result !== attempt.expected);
  const expected = report.attempts.filter((attempt) => attempt.result === attempt.expected);
  const shown = [...odd, ...expected].slice(0, mostAttempts);
  const rows = shown.map((attempt) => {
    const { participant, probe, token, minter, tokenType, result, status, closeCode, detail } = attempt;
    const kind = token === 'genuine' ? `signed by ${minter ?? 'unknown'}` : token;
    const shownAs = result === attempt.expected ? undefined : result === 'inconclusive' ? 'unknown' : 'bad';
    return [
      { html: coded(participant) },
      { html: coded(probe, 40) },
      cell(tokenType === null ? kind : `${kind}, ${tokenType}`),
      cell(result, shownAs),
      cell(closeCode === null ? `${status ?? ''}` : `closed with ${closeCode}`),
      cell(detail),
      time(attempt.latencyMs),
    ];
  });
  const more = report.attempts.length - shown.length;
  const header = ['Participant', 'Probe', 'Token', 'Result', 'Status', 'Answer', 'Time'];
  return [
    '<section aria-labelledby="attempts">',
    '<h2 id="attempts">Attempts</h2>',
    '<details>',
    `<summary>${count(report.attempts.length)} attempts, ${count(odd.length)} with another result than expected</summary>`,
    ...table('One token, one probe, one answer', header, rows),
    ...(more > 0 ? [`<p>and ${count(more)} more as expected or alike.</p>`] : []),
    '</details>',
    '</section>',
  ];
}
