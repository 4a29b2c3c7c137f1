import { formatElapsed } from '../../schema/duration.js';
import type { AdoptionStatistics, KeyName } from '../history/adoptions.js';
import type { PastKey } from '../server/timeline.js';

/** The size of the drawing, in its own units. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The time span of the drawing of an adoption, in milliseconds: to the last participant, or to now if it is incomplete.
 */
export function lengthOf({ startedAt, endedAt, curve, status }: AdoptionStatistics, now: string): number {
  const last = curve.at(-1)?.afterMs ?? 0;
  const end = Date.parse(status === 'complete' ? startedAt : (endedAt ?? now)) - Date.parse(startedAt);
  return Math.max(last, end, 1);
}

/** The share of participants that have the version over time, as the outline of an area: a step at every arrival. */
export function stepsOf(adoption: AdoptionStatistics, lengthMs: number, { width, height }: Size): string {
  const { curve, participants } = adoption;
  const x = (ms: number): string => ((Math.min(ms, lengthMs) / lengthMs) * width).toFixed(1);
  const y = (adopted: number): string => (height - (adopted / Math.max(participants, 1)) * height).toFixed(1);
  let path = `M0 ${height}`;
  for (const { afterMs, adopted } of curve) path += `H${x(afterMs)}V${y(adopted)}`;
  return `${path}H${width}`;
}

/** The progress of an adoption, in words. */
export function progressOf(adoption: AdoptionStatistics): string {
  const { adopted, participants, status, maxMs } = adoption;
  const reached = `${adopted.toLocaleString('en-GB')} of ${participants.toLocaleString('en-GB')}`;
  if (status === 'complete') {
    if (participants === 0) return 'no participant had to follow';
    return `all ${participants.toLocaleString('en-GB')} participants after ${formatElapsed(maxMs ?? 0)}`;
  }
  const words = {
    open: 'so far',
    superseded: 'before the next version',
    'rolled-back': 'before it was rolled back',
  };
  return `${reached} participants ${words[status]}`;
}

/** `version 7`, or the fingerprint if the version is unknown. */
export const keyName = ({ version, fingerprint }: KeyName): string =>
  version === null ? fingerprint : `version ${version}`;

/** The age in words: `at least 3 d` if the time of creation is unknown. */
export const ageOf = ({ ageMs, ageIs }: Pick<PastKey, 'ageMs' | 'ageIs'>): string =>
  `${ageIs === 'exact' ? '' : 'at least '}${formatElapsed(ageMs)}`;
