import type { Report, ReportRotation, RotationLack } from '../../model.js';
import { aimOf } from '../alerting/rotation-summary.js';
import type { EnvironmentState } from '../monitor-model.js';
import type { RotationParticipantStatus, RotationStatus } from './status-document.js';

/** The open rotation as the page shows it, or how the last one ended; `null`: none is known. */
export function rotationStatus(report: Report | null, state: EnvironmentState): RotationStatus | null {
  const open = state.rotation?.open ?? null;
  if (open !== null) {
    const { mode, state: now, from, to, since, enteredAt, stalledAt } = open;
    const seen = report?.rotation;
    const isSeen = seen !== undefined && seen.id === open.id && seen.state === now;
    return {
      ...{ mode, from, to, state: now, openedAt: since, since: enteredAt },
      aim: aimOf(now, open),
      isStalled: stalledAt !== null,
      isRead: isSeen,
      participants: isSeen ? participantsOf(seen) : [],
    };
  }
  const last = report?.lastRotation;
  if (last === undefined) return null;
  const { mode, from, to, outcome, openedAt, at } = last;
  return {
    ...{ mode, from, to, state: outcome, openedAt, since: at },
    aim: null,
    isStalled: false,
    isRead: true,
    participants: [],
  };
}

/** Those that are not where the state wants them come first. */
function participantsOf({ participants }: ReportRotation): RotationParticipantStatus[] {
  return participants
    .map(({ name, signs, accepts, rejects, lacks }) => ({
      ...{ name, signs, accepts, rejects },
      lacks: lacks.map((lack) => ({
        status: lack.isRefuted ? ('bad' as const) : ('unknown' as const),
        text: lackInWords(lack),
      })),
    }))
    .sort((a, b) => rank(a) - rank(b));
}

const rank = ({ lacks }: RotationParticipantStatus): number =>
  lacks.some(({ status }) => status === 'bad') ? 0 : lacks.length > 0 ? 1 : 2;

const opposites: Readonly<Record<RotationLack['must'], string>> = {
  sign: 'signs with another version',
  accept: 'rejects it',
  reject: 'accepts it',
};

const demands: Readonly<Record<RotationLack['must'], string>> = {
  sign: 'must sign with',
  accept: 'must accept',
  reject: 'must reject',
};

function lackInWords({ must, version, isRefuted, probes }: RotationLack): string {
  const where = probes.length === 0 ? '' : ` (${probes.join(', ')})`;
  return `${demands[must]} version ${version}: ${isRefuted ? `${opposites[must]}${where}` : 'not proved yet'}`;
}
