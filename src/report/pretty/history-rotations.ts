import { openRotationStates } from '../../model.js';
import type { RotationStatistics, RotationSummary } from '../../monitor/history/rotations.js';
import { formatDuration } from '../../schema/duration.js';
import type { Style } from '../reporter.js';
import { count, formatTime } from '../text/format.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import type { Column } from '../text/table.js';
import type { Theme } from '../text/theme.js';
import type { Status } from '../view/status.js';
import { plural, type Row, section, time } from './history-table.js';

const columns: readonly Column[] = [
  { header: 'ROTATIONS' },
  { header: 'VERSIONS' },
  { header: 'LASTED', alignRight: true },
  { header: 'STAGED', alignRight: true },
  { header: 'PROMOTED', alignRight: true },
  { header: 'REVOKED', alignRight: true },
  { header: 'DEVIATIONS', shrinkTo: 12 },
];

const words: Readonly<Record<RotationStatistics['status'], string>> = {
  open: 'open',
  finished: 'finished',
  'rolled-back': 'rolled back',
  lost: 'end unknown',
};

const modes: Readonly<Record<RotationStatistics['mode'], string>> = {
  overlap: '',
  cutover: ' (cutover)',
  emergency: ' (emergency)',
};

function statusOf({ status, stalled, deviations, rejectedTokens }: RotationStatistics): Status {
  if (deviations.length > 0 || rejectedTokens > 0) return 'bad';
  return status === 'finished' && !stalled ? 'ok' : 'unknown';
}

const versionsOf = ({ from, to }: RotationStatistics): string =>
  to === null ? `${from}` : `${from} to ${to}`;

/** How long it was in a state, all visits together. */
function inState({ states }: RotationStatistics, wanted: string): number | null {
  const times = states.flatMap(({ state, durationMs }) =>
    state === wanted && durationMs !== null ? [durationMs] : [],
  );
  return times.length === 0 ? null : times.reduce((sum, ms) => sum + ms, 0);
}

function deviationsOf({ stalled, deviations, rejectedTokens }: RotationStatistics): string {
  const all = [
    ...deviations.map(({ code, checks }) => `${sanitizeAndTruncate(code, 32)} (${plural(checks, 'check')})`),
    ...(stalled ? ['stalled'] : []),
    ...(rejectedTokens > 0 ? [`${plural(rejectedTokens, 'valid token')} rejected`] : []),
  ];
  return all.length === 0 ? '-' : all.join(', ');
}

function row(rotation: RotationStatistics): Row {
  const { status, mode, openedAt, durationMs } = rotation;
  const lasted = `${formatDuration(durationMs)}${status === 'finished' ? '' : `, ${words[status]}`}`;
  const inStates = openRotationStates.map((state) => ({
    state,
    text: time(inState(rotation, state)) ?? '-',
  }));
  const versions = `${versionsOf(rotation)}${modes[mode]}`;
  const deviations = deviationsOf(rotation);
  return {
    status: statusOf(rotation),
    title: `${formatTime(openedAt)} version ${versions}`,
    cells: [
      ...[formatTime(openedAt), versions, lasted].map((text) => ({ text })),
      ...inStates.map(({ text }) => ({ text })),
      { text: deviations },
    ],
    details: [
      `${words[status]}, lasted ${formatDuration(durationMs)}: ${inStates.map(({ state, text }) => `${state} ${text}`).join(', ')}`,
      ...(deviations === '-' ? [] : [`deviations: ${deviations}`]),
    ],
  };
}

/** How often, and how well, in words. */
function summary(rotations: RotationSummary): string[] {
  const { total, finished, rolledBack, clean, meanTimeBetweenMs, p50Ms, maxMs, states } = rotations;
  const often = meanTimeBetweenMs === null ? '' : `, one every ${formatDuration(meanTimeBetweenMs)}`;
  const typical =
    p50Ms === null || maxMs === null
      ? ''
      : `; finished after ${formatDuration(p50Ms)} (p50), ${formatDuration(maxMs)} at most`;
  const undone = rolledBack === 0 ? '' : `, ${count(rolledBack)} rolled back`;
  const each = states.flatMap(({ state, p50Ms: half, maxMs: most }) =>
    half === null || most === null
      ? []
      : [`${state} for ${formatDuration(half)} (p50), ${formatDuration(most)} at most`],
  );
  return [
    `${plural(total, 'rotation')}${often}${typical}`,
    ...(each.length === 0 ? [] : [each.join('; ')]),
    `${count(finished)} finished${undone}; ${count(clean)} of ${count(total)} went well: no deviation, no rejected valid token, not stalled`,
  ];
}

/** The rotations, the newest first. */
export function rotationLines(
  rotations: readonly RotationStatistics[],
  sums: RotationSummary,
  theme: Theme,
  style: Style,
): string[] {
  return section(columns, [...rotations].reverse().map(row), theme, style, { notes: summary(sums) });
}
