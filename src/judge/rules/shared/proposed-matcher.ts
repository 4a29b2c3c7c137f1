import type { Attempt, Observations } from '../../../model.js';
import { sameAnswer } from '../../compare-answers.js';
import { baselineOf } from '../../responses.js';

/** The default of `rejected`: HTTP statuses, WebSocket close codes. */
const defaultStatuses: readonly number[] = [401, 403];
const defaultCloseCodes: readonly number[] = [1008, 4001, 4003, 4401, 4403];

/**
 * The matcher that makes an answer a rejection, as text to paste into a probe. Only for an answer that a forged token
 * gets as well, and that no accepted token could get: `null` for an open socket, and for a page with status 200.
 */
export function proposedRejection(attempt: Attempt, observations: Observations): string | null {
  const { status, closeCode, participant, probe } = attempt;
  const { forged } = baselineOf(observations, participant, probe);
  if (forged.length === 0 || !forged.every((other) => sameAnswer(attempt, other))) return null;
  if (closeCode !== null) {
    return closeCode === 1006 ? null : text('closeCodes', [closeCode, ...defaultCloseCodes]);
  }
  if (status === null || status < 300) return null;
  return text('status', [...defaultStatuses, status]);
}

const text = (name: 'status' | 'closeCodes', values: readonly number[]): string =>
  `"rejected": { "${name}": [${[...new Set(values)].sort((a, b) => a - b).join(', ')}] }`;
