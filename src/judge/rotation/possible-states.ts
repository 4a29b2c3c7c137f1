import type { ObservedRotation, ReportRotationParticipant } from '../../model.js';
import { severities } from '../../model.js';
import { type Deviation, deviationsIn, type RotationFacts } from '../../rotation/deviations.js';
import type { Instant, KeyUse } from '../../rotation/key-use.js';
import { rotationParticipants } from './rotation-participants.js';

/** The rotation as it would be in each of its other possible states, had it just entered it. */
function otherRecords({ record, otherStates = [] }: ObservedRotation, now: Instant): RotationFacts[] {
  const at = new Date(now).toISOString();
  return otherStates.map((state) => ({
    ...record,
    state,
    times: { ...record.times, [state === 'idle' ? 'rolledBack' : state]: at },
  }));
}

/**
 * The deviations that are there in every state in which the rotation may be, each as severe as in the most lenient one.
 */
export function certainDeviations(
  found: readonly Deviation[],
  rotation: ObservedRotation,
  use: KeyUse,
  now: Instant,
): Deviation[] {
  const others = otherRecords(rotation, now).map((record) => deviationsIn(record, use, now));
  return found.flatMap((one) => {
    const same = others.map((deviations) => deviations.find((other) => isSame(one, other)));
    if (same.includes(undefined)) return [];
    const found = [one, ...same].flatMap((each) => each?.severity ?? []);
    const severity = severities.find((each) => found.includes(each)) ?? one.severity;
    return [{ ...one, severity }];
  });
}

const isSame = (one: Deviation, other: Deviation): boolean =>
  one.code === other.code &&
  one.key === other.key &&
  one.participants.join('\n') === other.participants.join('\n');

/** The participants, each with what it lacks in every possible state. */
export function participantsIn(rotation: ObservedRotation, use: KeyUse): ReportRotationParticipant[] {
  const { record, otherStates = [] } = rotation;
  // Outside of a rotation, nothing is asked.
  const others = otherStates.map((state) =>
    state === 'idle' || state === 'finished' ? [] : rotationParticipants({ ...record, state }, use),
  );
  return rotationParticipants(record, use).map((one) => ({
    ...one,
    lacks: one.lacks.filter((lack) =>
      others.every((participants) =>
        participants
          .find(({ name }) => name === one.name)
          ?.lacks.some(({ must, version }) => must === lack.must && version === lack.version),
      ),
    ),
  }));
}
