import type { AdopterStatistics, AdoptionStatistics, KeyName } from '../../monitor/history/adoptions.js';
import type { CauseStatistics } from '../../monitor/history/incidents.js';
import type { AdoptionSummary, KeyStatistics } from '../../monitor/history/key-statistics.js';
import { formatDuration } from '../../schema/duration.js';
import type { Style } from '../reporter.js';
import { count, formatTime } from '../text/format.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import type { Column } from '../text/table.js';
import type { Theme } from '../text/theme.js';
import type { Status } from '../view/status.js';
import { mostNames, plural, type Row, section, some, time } from './history-table.js';

/** `version 7`, or the fingerprint where the version is unknown. */
const nameOf = ({ version, fingerprint }: KeyName): string =>
  version === null ? fingerprint.slice(0, 8) : `version ${sanitizeAndTruncate(version, 24)}`;

const keyColumns: readonly Column[] = [
  { header: 'KEYS IN USE', shrinkTo: 16 },
  { header: 'FINGERPRINT' },
  { header: 'AGE', alignRight: true },
  { header: 'HELD BY', shrinkTo: 16 },
];

function keyRow(key: KeyStatistics): Row {
  const { fingerprint, ageMs, ageIs, reference, participants } = key;
  const age = `${ageIs === 'exact' ? '' : 'at least '}${formatDuration(ageMs)}`;
  const holders =
    participants.length > mostNames ? `${count(participants.length)} participants` : some(participants);
  const title = `${nameOf(key)}${reference ? ' (reference)' : ''}`;
  return {
    status: reference ? 'ok' : 'unknown',
    title,
    cells: [{ text: title }, { text: fingerprint.slice(0, 8) }, { text: age }, { text: holders }],
    details: [`${fingerprint.slice(0, 8)}, age ${age}: ${holders}`],
  };
}

/** How old each key in use is. */
export function keyLines(keys: readonly KeyStatistics[], theme: Theme, style: Style): string[] {
  const inUse = keys.filter(({ releasedAt }) => releasedAt === null);
  return section(keyColumns, inUse.map(keyRow), theme, style);
}

const adoptionColumns: readonly Column[] = [
  { header: 'NEW VERSIONS' },
  { header: 'KEY', shrinkTo: 12 },
  { header: 'REACHED', alignRight: true },
  { header: 'P50', alignRight: true },
  { header: 'P95', alignRight: true },
  { header: 'ALL', alignRight: true },
  { header: 'LAST', shrinkTo: 12 },
];

const adoptionStatus: Readonly<Record<AdoptionStatistics['status'], Status>> = {
  complete: 'ok',
  open: 'unknown',
  superseded: 'bad',
  'rolled-back': 'bad',
};

const adoptionWords: Readonly<Record<AdoptionStatistics['status'], string>> = {
  complete: '',
  open: 'open',
  superseded: 'superseded',
  'rolled-back': 'rolled back',
};

function adoptionRow(adoption: AdoptionStatistics): Row {
  const { status, to, startedAt, adopted, participants, p50Ms, p95Ms, maxMs, waitingFor, last } = adoption;
  const reached = `${count(adopted)} of ${count(participants)}`;
  const word = adoptionWords[status];
  const all = maxMs === null && word !== '' ? word : time(maxMs);
  const late = some(waitingFor.length > 0 ? waitingFor : last);
  const lastWords =
    waitingFor.length > 0 ? `missing: ${late}` : last.length > 0 ? `last: ${late}` : 'all at the same time';
  const name = sanitizeAndTruncate(nameOf(to), 32);
  return {
    status: adoptionStatus[status],
    title: `${formatTime(startedAt)} ${name}`,
    cells: [
      { text: formatTime(startedAt) },
      { text: name },
      { text: reached },
      { text: time(p50Ms) },
      { text: time(p95Ms) },
      { text: all },
      { text: late },
    ],
    details: [
      `reached ${reached}${word === '' ? '' : `, ${word}`}; p50 ${time(p50Ms)}, p95 ${time(p95Ms)}, all ${time(maxMs)}`,
      ...(participants > 0 ? [lastWords] : []),
    ],
  };
}

/** How often, and how well, in words. */
function summary(adoptions: AdoptionSummary): string[] {
  const { total, clean, meanTimeBetweenMs, rejectedTokens, p50Ms, maxMs } = adoptions;
  const often = meanTimeBetweenMs === null ? '' : `, one every ${formatDuration(meanTimeBetweenMs)}`;
  const typical =
    p50Ms === null || maxMs === null
      ? ''
      : `; every participant had it after ${formatDuration(p50Ms)} (p50), ${formatDuration(maxMs)} at most`;
  const rejected =
    rejectedTokens === 0
      ? 'no valid token was rejected meanwhile'
      : `${plural(rejectedTokens, 'valid token')} rejected meanwhile`;
  return [
    `${plural(total, 'new version')}${often}${typical}`,
    `${count(clean)} of ${count(total)} went well; ${rejected}`,
  ];
}

/** How long new versions took to reach every participant, the newest first. */
export function adoptionLines(
  adoptions: readonly AdoptionStatistics[],
  sums: AdoptionSummary,
  theme: Theme,
  style: Style,
): string[] {
  return section(adoptionColumns, [...adoptions].reverse().map(adoptionRow), theme, style, {
    notes: summary(sums),
  });
}

const adopterColumns: readonly Column[] = [
  { header: 'LAST TO ADOPT', shrinkTo: 16 },
  { header: 'LAST', alignRight: true },
  { header: 'NEVER', alignRight: true },
  { header: 'OF', alignRight: true },
  { header: 'P50', alignRight: true },
  { header: 'MAX', alignRight: true },
];

function adopterRow({ name, adoptions, last, missed, p50Ms, maxMs }: AdopterStatistics): Row {
  const title = sanitizeAndTruncate(name, 32);
  const counts = `last ${count(last)}, never ${count(missed)} of ${count(adoptions)}`;
  return {
    status: missed > 0 ? 'bad' : 'unknown',
    title,
    cells: [
      { text: title },
      { text: count(last) },
      { text: count(missed) },
      { text: count(adoptions) },
      { text: time(p50Ms) },
      { text: time(maxMs) },
    ],
    details: [`${counts}; p50 ${time(p50Ms)}, max ${time(maxMs)}`],
  };
}

/** Which participants are the last to have new versions. */
export function adopterLines(adopters: readonly AdopterStatistics[], theme: Theme, style: Style): string[] {
  const late = adopters.filter(({ last, missed }) => last + missed > 0);
  return section(adopterColumns, late.map(adopterRow), theme, style);
}

const causeColumns: readonly Column[] = [
  { header: 'RECURRING CAUSES', shrinkTo: 16 },
  { header: 'PARTICIPANT', shrinkTo: 12 },
  { header: 'INCIDENTS', alignRight: true },
  { header: 'LAST SINCE' },
];

function causeRow({ code, participant, incidents, lastSince }: CauseStatistics): Row {
  const title = sanitizeAndTruncate(code, 32);
  const name = sanitizeAndTruncate(participant, 32);
  return {
    status: 'unknown',
    title,
    cells: [{ text: title }, { text: name }, { text: count(incidents) }, { text: formatTime(lastSince) }],
    details: [`${name}: ${count(incidents)} incidents, the last since ${formatTime(lastSince)}`],
  };
}

/** Causes that one participant had more than once. */
export function causeLines(causes: readonly CauseStatistics[], theme: Theme, style: Style): string[] {
  const recurring = causes.filter(({ incidents }) => incidents > 1);
  return section(causeColumns, recurring.map(causeRow), theme, style);
}
