import type { Report } from '../../model.js';
import type { RotationRecord } from './record.js';

/** What a report says of the open rotation, or of the last one; `null`: nothing. Pure. */
export function rotationRecordOf({
  environment,
  startedAt,
  rotation,
  lastRotation,
  findings,
}: Report): RotationRecord | null {
  const about = { type: 'rotation', at: startedAt, environment } as const;
  if (rotation !== undefined) {
    const { id, mode, state, from, to, openedAt, since, participants } = rotation;
    const accepting = participants.filter(
      ({ signs, accepts, rejects }) => (accepts.includes(to) || signs.includes(to)) && !rejects.includes(to),
    );
    return {
      ...about,
      rotation: { id, mode, state, from, to, openedAt: utc(openedAt), enteredAt: utc(since) },
      stalled: findings.some(({ code }) => code === 'rotation-stalled'),
      accepting: accepting.map(({ name }) => name),
      waiting: participants.filter(({ lacks }) => lacks.length > 0).map(({ name }) => name),
    };
  }
  if (lastRotation === undefined) return null;
  const { id, mode, outcome: state, from, to, openedAt, at } = lastRotation;
  return {
    ...about,
    rotation: { id, mode, state, from, to, openedAt: utc(openedAt), enteredAt: utc(at) },
    stalled: false,
    accepting: [],
    waiting: [],
  };
}

/** As all times of the history are written, so that they sort as text. */
function utc(text: string): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? text : new Date(ms).toISOString();
}
