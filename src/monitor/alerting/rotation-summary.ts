import { timeText } from '../../judge/phrases.js';
import {
  type LastRotation,
  type OpenRotationState,
  openRotationStates,
  type ReportRotation,
  type RotationMode,
} from '../../model.js';
import { elapsed } from '../../notify/event.js';
import { sanitizeAndTruncate } from '../../report/text/sanitize.js';
import { formatDuration } from '../../schema/duration.js';
import type { WatchedRotation } from '../monitor-model.js';
import { line } from './event-summary.js';
import type { TransitionContext } from './transition.js';

const nouns: Readonly<Record<RotationMode, string>> = {
  overlap: 'rotation',
  cutover: 'cutover',
  emergency: 'emergency rotation',
};

function nameOf({ mode, from, to }: Pick<LastRotation, 'mode' | 'from' | 'to'>): string {
  return to === null
    ? `${nouns[mode]} of version ${from}`
    : `${nouns[mode]} from version ${from} to version ${to}`;
}

type Versions = Pick<WatchedRotation, 'from' | 'to'>;

/** What a state asks of the participants, in words. */
export const aimOf = (state: OpenRotationState, versions: Versions): string => aims[state](versions);

const aims: Readonly<Record<OpenRotationState, (rotation: Versions) => string>> = {
  staged: ({ from, to }) => `every verifier must accept versions ${from} and ${to}`,
  promoted: ({ to }) => `every issuer must sign with version ${to}`,
  revoked: ({ from }) => `every verifier must reject version ${from}`,
};

/** Names that one line holds. */
const mostNames = 3;

function waiting({ participants }: ReportRotation): string {
  const names = participants
    .filter(({ lacks }) => lacks.length > 0)
    .map(({ name }) => sanitizeAndTruncate(name, 40));
  if (names.length === 0) return '';
  const more = names.length - mostNames;
  return `not proved yet: ${names.slice(0, mostNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A rotation that is reported for the first time. */
export function startedInWords(
  open: WatchedRotation,
  rotation: ReportRotation,
  step: TransitionContext,
): string {
  const { state, since, enteredAt } = open;
  const start =
    elapsed(since, enteredAt) === 0
      ? `started: ${state} since ${timeText(enteredAt)}`
      : `${state} since ${timeText(enteredAt)}, opened ${timeText(since)}`;
  return line(step, `${nameOf(open)} ${start}`, aimOf(state, open), waiting(rotation));
}

/** A rotation that is in another state than was reported. */
export function advancedInWords(
  open: WatchedRotation,
  told: OpenRotationState,
  rotation: ReportRotation,
  step: TransitionContext,
): string {
  const { state, enteredAt } = open;
  const back = openRotationStates.indexOf(state) < openRotationStates.indexOf(told) ? 'taken back: ' : '';
  return line(
    step,
    `${nameOf(open)} ${back}${state} since ${timeText(enteredAt)}, was ${told}`,
    aimOf(state, open),
    waiting(rotation),
  );
}

/** A rotation that is open for too long. */
export function stalledInWords(
  open: WatchedRotation,
  rotation: ReportRotation,
  isReminder: boolean,
  step: TransitionContext,
): string {
  const { state, since, enteredAt } = open;
  const lasting = formatDuration(elapsed(since, step.at));
  return line(
    step,
    `${isReminder ? 'still: ' : ''}${nameOf(open)} open for ${lasting}, ${state} since ${timeText(enteredAt)}`,
    aimOf(state, open),
    waiting(rotation),
  );
}

/** A rotation that ended. */
export function endedInWords(last: LastRotation, since: string, step: TransitionContext): string {
  const after = `after ${formatDuration(elapsed(since, last.at))}`;
  return last.outcome === 'finished'
    ? line(step, `${nameOf(last)} finished ${after}`)
    : line(step, `${nameOf(last)} rolled back ${after}`, `version ${last.from} is in use`);
}

/** A rotation whose end was not seen. */
export function replacedInWords(open: WatchedRotation, inUse: number, step: TransitionContext): string {
  return line(
    step,
    `${nameOf(open)} is over: its end was not seen`,
    `version ${inUse} was in use when the next one began`,
  );
}
