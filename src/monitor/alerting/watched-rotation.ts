import type { LastRotation, Level, Report, ReportRotation } from '../../model.js';
import { elapsed } from '../../notify/event.js';
import { shellWord } from '../../schema/shell-quote.js';
import type {
  EventRotation,
  Notification,
  RotationEntry,
  RotationState,
  WatchedRotation,
} from '../monitor-model.js';
import { toldOf } from './drift.js';
import { linksOf } from './links.js';
import {
  advancedInWords,
  endedInWords,
  replacedInWords,
  stalledInWords,
  startedInWords,
} from './rotation-summary.js';
import {
  type Advanced,
  dedupKeyIn,
  isReminderDue,
  notificationOf,
  silenceIn,
  type TransitionContext,
} from './transition.js';

/**
 * For this long an older record may be read again, since reads of a secret's metadata may be out of date. One that stays
 * for longer is what the secret says: a clock was wrong when the newer one was written. Milliseconds.
 */
const longestOutOfDate = 10 * 60_000;

/**
 * Follows rotations: an event for the start, for every change of state, for one that has stalled, and for the end. The
 * record in the secret alone says that one ended: an inconclusive check ends nothing, and neither does a record that
 * cannot be read.
 */
export function advanceRotation(
  before: RotationState | null,
  step: TransitionContext,
): Advanced<RotationState> {
  const { outcome } = step;
  if (outcome.is === 'failed') return { next: before ?? unwatched(step), notifications: [] };
  const { rotation, lastRotation: last } = outcome.report;
  if (rotation !== undefined) {
    const entry = entryOf(rotation.id, rotation.state, rotation.since, step);
    return follow(before, entry, step, (state) => whileOpen(state, rotation, entry, step));
  }
  if (last === undefined) return { next: before ?? unwatched(step), notifications: [] };
  const entry = entryOf(last.id, last.outcome, last.at, step);
  // It ended before anything was watched.
  if (before === null) return { next: { ...unwatched(step), newest: entry }, notifications: [] };
  return follow(before, entry, step, (state) => afterEnd(state, last, entry, step));
}

const unwatched = ({ at }: TransitionContext): RotationState => ({
  since: at,
  open: null,
  newest: null,
  older: null,
});

const entryOf = (
  id: string,
  state: RotationEntry['state'],
  at: string,
  step: TransitionContext,
): RotationEntry => ({ id, state, at: instant(at, step) });

/** A time of the record, as events write it. */
function instant(text: string, { at }: TransitionContext): string {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? at : new Date(ms).toISOString();
}

const isSame = (one: RotationEntry, other: RotationEntry): boolean =>
  one.id === other.id && one.state === other.state && one.at === other.at;

/** Continues with an entry, unless it is older than one that was seen before. */
function follow(
  before: RotationState | null,
  entry: RotationEntry,
  step: TransitionContext,
  onwards: (state: RotationState) => Advanced<RotationState>,
): Advanced<RotationState> {
  const state = before ?? unwatched(step);
  const { newest, older } = state;
  if (newest === null || isSame(newest, entry) || Date.parse(entry.at) >= Date.parse(newest.at))
    return onwards({ ...state, older: null });
  const since = older !== null && isSame(older.entry, entry) ? older.since : step.at;
  if (elapsed(since, step.at) < longestOutOfDate)
    return { next: { ...state, older: { entry, since } }, notifications: [] };
  return onwards({ ...state, older: null });
}

function whileOpen(
  state: RotationState,
  rotation: ReportRotation,
  entry: RotationEntry,
  step: TransitionContext,
): Advanced<RotationState> {
  const { open: before, newest } = state;
  const replaced = before !== null && before.id !== rotation.id ? before : null;
  const over = replaced === null ? { notifications: [] } : replacement(replaced, rotation.from, step);
  // It was undone, and begins again.
  const isReopened = before === null && newest?.id === rotation.id;
  const open = openAs(replaced === null ? before : null, rotation, isReopened, step);
  const reported = report(open, rotation, step);
  return {
    next: { ...state, open: reported.next, newest: entry },
    notifications: [...over.notifications, ...reported.notifications],
    silenced: [...(over.silenced ?? []), ...(reported.silenced ?? [])],
  };
}

function openAs(
  before: WatchedRotation | null,
  { id, mode, state, from, to, openedAt, since: entered }: ReportRotation,
  isReopened: boolean,
  step: TransitionContext,
): WatchedRotation {
  const enteredAt = instant(entered, step);
  const now = { id, mode, state, from, to, enteredAt };
  if (before !== null) return { ...before, ...now };
  const since = isReopened ? enteredAt : instant(openedAt, step);
  return {
    ...now,
    since,
    incident: incidentOf(since, step),
    dedupKey: dedupKeyIn(step, 'rotation'),
    told: null,
    stalledAt: null,
  };
}

const incidentOf = (since: string, { environment }: TransitionContext): string =>
  `${environment}/${since}#rotation`;

/** Reports what was not reported yet. */
function report(
  open: WatchedRotation,
  rotation: ReportRotation,
  step: TransitionContext,
): Advanced<WatchedRotation> {
  const { told, stalledAt } = open;
  const stall = stallIn(step);
  const isStallDue =
    stall !== undefined && (stalledAt === null || isReminderDue(stalledAt, step.at, step.policy.remindEvery));
  if (told === open.state && !isStallDue) return { next: open, notifications: [] };
  const silence = silenceIn(step, []);
  if (silence !== null) return { next: open, notifications: [], silenced: [silence] };
  const notifications: Notification[] = [];
  if (told === null)
    notifications.push(
      notification('rotation-started', open, null, startedInWords(open, rotation, step), step),
    );
  else if (told !== open.state)
    notifications.push(
      notification('rotation-advanced', open, told, advancedInWords(open, told, rotation, step), step),
    );
  const next: WatchedRotation = {
    ...open,
    told: open.state,
    stalledAt: isStallDue ? step.at : stalledAt,
  };
  if (isStallDue) {
    const summary = stalledInWords(open, rotation, stalledAt !== null, step);
    notifications.push(notification('rotation-stalled', next, told, summary, step, lagging(rotation)));
  }
  return { next, notifications };
}

const stallIn = ({ outcome }: TransitionContext): Report['findings'][number] | undefined =>
  outcome.is === 'report'
    ? outcome.report.findings.find(({ code }) => code === 'rotation-stalled')
    : undefined;

/** Participants that are not where the state wants them. */
const lagging = ({ participants }: ReportRotation): string[] =>
  participants.filter(({ lacks }) => lacks.length > 0).map(({ name }) => name);

function afterEnd(
  state: RotationState,
  last: LastRotation,
  entry: RotationEntry,
  step: TransitionContext,
): Advanced<RotationState> {
  const { since, open, newest } = state;
  if (newest !== null && isSame(newest, entry)) return { next: state, notifications: [] };
  const replaced = open !== null && open.id !== last.id ? open : null;
  const over = replaced === null ? { notifications: [] } : replacement(replaced, last.from, step);
  const ended = endOf(replaced === null ? open : null, last, since, step);
  return {
    next: { ...state, open: null, newest: entry },
    notifications: [...over.notifications, ...ended.notifications],
    silenced: [...(over.silenced ?? []), ...(ended.silenced ?? [])],
  };
}

type Ended = Omit<Advanced<null>, 'next'>;

/** @param watchedSince what ended before is not reported, unless it was seen while it was open */
function endOf(
  open: WatchedRotation | null,
  last: LastRotation,
  watchedSince: string,
  step: TransitionContext,
): Ended {
  const { id, mode, from, to, outcome, openedAt, at } = last;
  if (open === null && !(Date.parse(at) >= Date.parse(watchedSince))) return { notifications: [] };
  const since = open?.since ?? instant(openedAt, step);
  return ending(
    outcome === 'finished' ? 'rotation-finished' : 'rotation-rolled-back',
    {
      since,
      incident: open?.incident ?? incidentOf(since, step),
      dedupKey: open?.dedupKey ?? dedupKeyIn(step, 'rotation'),
      told: open?.told ?? null,
      stalledAt: open?.stalledAt ?? null,
      rotation: { id, mode, from, to, enteredAt: instant(at, step) },
    },
    endedInWords(last, since, step),
    step,
  );
}

/**
 * Another rotation began, so this one is over. Its end was not seen: which version was in use when the other began shows
 * how it ended.
 */
function replacement(open: WatchedRotation, inUse: number, step: TransitionContext): Ended {
  const { id, mode, from, to } = open;
  return ending(
    inUse >= to ? 'rotation-finished' : 'rotation-rolled-back',
    { ...open, rotation: { id, mode, from, to, enteredAt: step.at } },
    replacedInWords(open, inUse, step),
    step,
  );
}

/** An end is reported in spite of a silence if anything of the rotation was reported. */
function ending(
  type: 'rotation-finished' | 'rotation-rolled-back',
  over: Pick<WatchedRotation, 'since' | 'incident' | 'dedupKey' | 'told' | 'stalledAt'> & {
    readonly rotation: Omit<EventRotation, 'state' | 'before'>;
  },
  summary: string,
  step: TransitionContext,
): Ended {
  const { since, incident, dedupKey, told, stalledAt } = over;
  const silence = told === null ? silenceIn(step, []) : null;
  if (silence !== null) return { notifications: [], silenced: [silence] };
  const peak: Level = stalledAt === null ? 'INFO' : 'WARNING';
  const state = type === 'rotation-finished' ? 'finished' : 'idle';
  const event = {
    ...{ incident, dedupKey, type, since, summary, peak },
    level: 'INFO',
    participants: [],
    links: linksTo(step),
    rotation: { ...over.rotation, state, before: told },
  } as const;
  return { notifications: [notificationOf(step, event, peak)] };
}

function notification(
  type: 'rotation-started' | 'rotation-advanced' | 'rotation-stalled',
  open: WatchedRotation,
  before: EventRotation['before'],
  summary: string,
  step: TransitionContext,
  participants: readonly string[] = [],
): Notification {
  const { incident, dedupKey, since, stalledAt } = open;
  const { id, mode, state, from, to, enteredAt } = open;
  const level = stalledAt === null ? 'INFO' : 'WARNING';
  const stall = stalledAt === null ? undefined : stallIn(step);
  return notificationOf(step, {
    ...{ incident, dedupKey, type, level, peak: level, since, participants, summary },
    ...(stall === undefined ? { links: linksTo(step) } : { findings: [toldOf(stall)] }),
    rotation: { id, mode, state, before, from, to, enteredAt },
  });
}

/** Nothing has to be explained; a rotation has a command of its own. */
const linksTo = ({ policy, environment }: TransitionContext) => ({
  ...linksOf([], policy.links),
  explain: `jwtcheck rotate status -e ${shellWord(environment) ?? 'ENVIRONMENT'}`,
});
