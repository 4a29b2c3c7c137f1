import type { EnvironmentState, Notification, Outage, OutageGroup, Silence } from '../monitor-model.js';
import { toldOf } from './drift.js';
import { groupInWords, groupRecoveryInWords, outageInWords, recoveryInWords } from './event-summary.js';
import {
  type Advanced,
  dedupKeyIn,
  isReminderDue,
  mayChange,
  notificationOf,
  silenceIn,
  type TransitionContext,
} from './transition.js';
import { reasonsFor } from './visibility.js';
import { afterEnd, afterGood, badIn, beginOf, goodNeeded, slide } from './window.js';

/** The state of unreachable participants. */
export type OutagesState = Pick<EnvironmentState, 'outages' | 'group'>;

/** The limit of findings in one event. */
const mostReasons = 10;

/** The state of one participant after the check; `outage: null`: nothing has to be kept. */
interface Passed {
  readonly name: string;
  readonly outage: Outage | null;
  /** Unreachable often enough, but not reported yet. */
  readonly due?: boolean;
  /** A reported outage that ended: the reason, in words. */
  readonly over?: { readonly outage: Outage; readonly how: string };
}

/** Updates the unreachable participants after a check. While monitoring is degraded, no outage begins or ends. */
export function advanceOutages(state: OutagesState, step: TransitionContext): Advanced<OutagesState> {
  const passed = passedBy(state, step);
  const silences: Silence[] = [];
  const isLoud = (name: string): boolean => {
    const silence = silenceIn(step, [name]);
    if (silence !== null) silences.push(silence);
    return silence === null;
  };
  const due = passed.filter((one) => one.due === true && isLoud(one.name));
  const outages = new Map(
    passed.flatMap(({ name, outage }): [string, Outage][] => (outage === null ? [] : [[name, outage]])),
  );
  const singles = [...outages.values()].filter(
    ({ told, back }) => told !== null && told !== state.group?.id && back === 0,
  );
  const notifications: Notification[] = [];
  let { group } = state;
  if (group !== null || due.length + singles.length > step.policy.groupAbove) {
    if (due.length > 0) {
      group ??= newGroup(due, step);
      for (const { name, outage } of due)
        if (outage !== null) outages.set(name, { ...outage, recent: [], told: group.id });
    }
  } else {
    for (const { name, outage } of due) {
      if (outage === null) continue;
      const next = reported(name, outage, step);
      outages.set(name, next);
      notifications.push(outageNotification(name, next, outageInWords(name, next.since, step), step));
    }
  }
  for (const { name, over } of passed)
    if (over !== undefined && over.outage.told !== state.group?.id)
      notifications.push(recovered(name, over.outage, over.how, step));

  const grouped = stepGroup(group, outages, step);
  const reminded = remindOf(outages, grouped.next, due, step, isLoud);
  return {
    // Participant names are arbitrary, `__proto__` included. This way each becomes an own property.
    next: { outages: Object.fromEntries(outages), group: grouped.next },
    notifications: [...notifications, ...grouped.notifications, ...reminded],
    silenced: [...silences, ...(grouped.silenced ?? [])],
  };
}

function passedBy({ outages }: OutagesState, step: TransitionContext): Passed[] {
  const { outcome, sight } = step;
  const before = new Map(Object.entries(outages));
  if (outcome.is === 'failed') return [...before].map(([name, outage]) => ({ name, outage }));
  const required = new Map(outcome.report.participants.map((p) => [p.name, p.required]));
  return [...new Set([...before.keys(), ...sight.unreachable])].map((name): Passed => {
    const outage = before.get(name) ?? null;
    const isRequired = required.get(name);
    if (isRequired !== true && outage !== null) {
      // The participant was removed from the configuration, or may be unreachable now.
      const how = isRequired === undefined ? 'is no longer checked' : 'is optional now';
      return { name, outage: null, ...(outage.told === null ? {} : { over: { outage, how } }) };
    }
    if (sight.inconclusive || (sight.unknown.has(name) && !sight.unreachable.has(name)))
      return { name, outage };
    return sight.unreachable.has(name) ? away(name, outage, step) : back(name, outage, step);
  });
}

function away(name: string, before: Outage | null, { at, policy }: TransitionContext): Passed {
  // A reported outage stays as it is: nothing new is stored for a participant that is still unreachable.
  if (before !== null && before.told !== null) return { name, outage: { ...before, back: 0 } };
  const recent = slide(before?.recent ?? [], at, policy.failureWindow);
  const outage: Outage = {
    away: badIn(recent),
    back: 0,
    since: beginOf(recent, before !== null && before.away > 0 ? before.since : null, at),
    told: null,
    toldAt: null,
    dedupKey: null,
    recent,
    relapses: before?.relapses ?? null,
  };
  return { name, outage, due: outage.away >= policy.failureThreshold };
}

function back(name: string, before: Outage | null, { at, policy }: TransitionContext): Passed {
  if (before === null) return { name, outage: null };
  const { successThreshold, failureWindow } = policy;
  if (before.told === null) {
    const recent = slide(before.recent, null, failureWindow);
    const relapses = afterGood(before.relapses, successThreshold);
    if (recent.length === 0 && relapses === null) return { name, outage: null };
    const away = badIn(recent);
    return { name, outage: { ...before, away, since: beginOf(recent, null, at), recent, relapses } };
  }
  const count = before.back + 1;
  if (count < goodNeeded(before.relapses, successThreshold))
    return { name, outage: { ...before, back: count } };
  const outage: Outage = {
    away: 0,
    back: 0,
    since: at,
    told: null,
    toldAt: null,
    dedupKey: null,
    recent: [],
    relapses: afterEnd(before.relapses),
  };
  return { name, outage, over: { outage: before, how: 'is back' } };
}

const reported = (name: string, outage: Outage, step: TransitionContext): Outage => ({
  ...outage,
  recent: [],
  told: `${step.environment}/${outage.since}/${name}`,
  toldAt: step.at,
  dedupKey: dedupKeyIn(step, `unreachable/${name}`),
});

function newGroup(due: readonly Passed[], step: TransitionContext): OutageGroup {
  const since = due.flatMap(({ outage }) => outage?.since ?? []).sort()[0] ?? step.at;
  return {
    id: `${step.environment}/${since}#unreachable`,
    dedupKey: dedupKeyIn(step, 'unreachable'),
    since,
    told: [],
    members: [],
    toldAt: step.at,
    changes: 0,
  };
}

/** The group after this check: more of them, as before, or over. */
function stepGroup(
  before: OutageGroup | null,
  outages: ReadonlyMap<string, Outage>,
  step: TransitionContext,
): Advanced<OutageGroup | null> {
  if (before === null) return { next: null, notifications: [] };
  const group = withMembers(before, outages);
  const { id, dedupKey, since, changes, toldAt } = group;
  const about = { incident: id, dedupKey, since, peak: 'WARNING' } as const;
  if (![...outages.values()].some((outage) => outage.told === id)) {
    if (group.told.length === 0) return { next: null, notifications: [] };
    // The events of a group also name those that were reported by themselves before: these may still be unreachable.
    const participants = group.members;
    const others = [...outages.values()].filter(({ told }) => told !== null).length;
    const summary = groupRecoveryInWords(participants.length, others, since, step);
    const over = { ...about, type: 'participant-recovered', level: 'INFO', summary, participants } as const;
    return { next: null, notifications: [notificationOf(step, over, 'WARNING')] };
  }
  const { remindEvery } = step.policy;
  const reportedBefore = new Set(group.told);
  const participants = [...outages].flatMap(([name, outage]) =>
    outage.told !== null && outage.back === 0 ? [name] : [],
  );
  const isNew = reportedBefore.size === 0;
  const grew =
    participants.some((name) => !reportedBefore.has(name)) &&
    (isNew || mayChange({ changes, toldAt }, { at: step.at, remindEvery }));
  if (!grew && !isReminderDue(toldAt, step.at, remindEvery)) return { next: group, notifications: [] };
  const silence = silenceIn(step, participants);
  if (silence !== null) return { next: group, notifications: [], silenced: [silence] };
  if (participants.length === 0) return { next: group, notifications: [] };
  const reasons = participants.slice(0, mostReasons).flatMap((name) => reasonsIn(step, name).slice(0, 1));
  const event = {
    ...about,
    type: 'participant-unreachable',
    level: 'WARNING',
    participants,
    summary: groupInWords(participants, since, step, !grew),
    findings: reasons.map(toldOf),
  } as const;
  return {
    next: {
      ...group,
      told: participants,
      toldAt: step.at,
      changes: changes + (grew && !isNew ? 1 : 0),
    },
    notifications: [notificationOf(step, event)],
  };
}

/** The group with those that joined it. */
function withMembers(group: OutageGroup, outages: ReadonlyMap<string, Outage>): OutageGroup {
  const known = new Set(group.members);
  const joined = [...outages].flatMap(([name, { told }]) =>
    told === group.id && !known.has(name) ? [name] : [],
  );
  return joined.length === 0 ? group : { ...group, members: [...group.members, ...joined] };
}

/** Reminders of those that are reported by themselves. */
function remindOf(
  outages: Map<string, Outage>,
  group: OutageGroup | null,
  due: readonly Passed[],
  step: TransitionContext,
  isLoud: (name: string) => boolean,
): Notification[] {
  const isNew = new Set(due.map(({ name }) => name));
  return [...outages].flatMap(([name, outage]): Notification[] => {
    const { told, toldAt, back, since } = outage;
    if (told === null || told === group?.id || isNew.has(name) || back > 0) return [];
    // An earlier version did not write down when it reported.
    if (toldAt === null) outages.set(name, { ...outage, toldAt: step.at });
    if (toldAt === null || !isReminderDue(toldAt, step.at, step.policy.remindEvery) || !isLoud(name))
      return [];
    const next = { ...outage, toldAt: step.at };
    outages.set(name, next);
    return [outageNotification(name, next, outageInWords(name, since, step, true), step)];
  });
}

const reasonsIn = ({ outcome }: TransitionContext, name: string) =>
  outcome.is === 'report' ? reasonsFor(outcome.report, name) : [];

function outageNotification(
  name: string,
  { told, dedupKey, since }: Outage,
  summary: string,
  step: TransitionContext,
): Notification {
  return notificationOf(step, {
    incident: told ?? `${step.environment}/${since}/${name}`,
    dedupKey: dedupKey ?? undefined,
    type: 'participant-unreachable',
    level: 'WARNING',
    peak: 'WARNING',
    since,
    participants: [name],
    summary,
    findings: reasonsIn(step, name).slice(0, mostReasons).map(toldOf),
  });
}

function recovered(
  name: string,
  { told, dedupKey, since }: Outage,
  how: string,
  step: TransitionContext,
): Notification {
  const event = {
    incident: told ?? '',
    dedupKey: dedupKey ?? undefined,
    type: 'participant-recovered',
    level: 'INFO',
    peak: 'WARNING',
    since,
    participants: [name],
    summary: recoveryInWords(name, how, since, step),
  } as const;
  return notificationOf(step, event, 'WARNING');
}
