import type { Level } from '../../model.js';
import { elapsed, eventOf, type Transition } from '../../notify/event.js';
import type { AlertPolicy, CheckOutcome, Drift, Notification, Silence } from '../monitor-model.js';
import { linksOf } from './links.js';
import type { Visibility } from './visibility.js';

/** The result of a check for alerting. An inconclusive or failed check is neither good nor bad. */
export type Kind = 'good' | 'bad' | 'neither';

/** One check, as every part of the state sees it. */
export interface TransitionContext {
  readonly environment: string;
  readonly outcome: CheckOutcome;
  readonly kind: Kind;
  /** The faults that a bad check shows. */
  readonly drift: Drift | null;
  readonly sight: Visibility;
  readonly policy: AlertPolicy;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Of amounts of money. */
  readonly currency: string;
}

/** The silence in force for these participants. */
export const silenceIn = (
  { policy, at }: TransitionContext,
  participants: readonly string[],
): Silence | null => silenceFor(policy.silence, participants, at);

/** The key by which receivers identify an incident, independent of its start: `staging/drift/1f3a9c0b`. */
export const dedupKeyIn = ({ environment, policy }: TransitionContext, about: string): string =>
  `${environment}/${about}${policy.scope === '' ? '' : `/${policy.scope}`}`;

/** A part of the state after the check, and the events to send. */
export interface Advanced<S> {
  readonly next: S;
  readonly notifications: readonly Notification[];
  /** Silences that suppressed a report. */
  readonly silenced?: readonly Silence[];
}

/** An event to send at this step. */
export function notificationOf(
  step: TransitionContext,
  happening: Omit<Transition, 'environment' | 'at' | 'findings' | 'impact'> &
    Partial<Pick<Transition, 'findings' | 'impact'>>,
  urgency: Level = happening.level,
): Notification {
  const { findings = [] } = happening;
  const { outcome } = step;
  const emulators = outcome.is === 'report' ? outcome.report.emulators : undefined;
  const event = eventOf({
    findings,
    links: linksOf(findings, step.policy.links),
    emulators,
    impact: { currency: step.currency, mrrAtRisk: 0 },
    ...happening,
    environment: step.environment,
    at: step.at,
  });
  return { event, urgency };
}

/**
 * The silence in force for these participants. A silence without participants applies to all; others apply only if
 * together they cover all of them. The one whose end is the end of silence: for each participant the latest, of these
 * the first. `null`: none.
 */
export function silenceFor(
  silences: readonly Silence[],
  participants: readonly string[],
  at: string,
): Silence | null {
  const time = Date.parse(at);
  const current = silences
    .filter(({ from, until }) => Date.parse(from) <= time && time < Date.parse(until))
    .sort((a, b) => Date.parse(b.until) - Date.parse(a.until));
  const ofAll = current.find((one) => one.participants === undefined) ?? null;
  const covering = participants.map((name) =>
    current.find((one) => one.participants === undefined || one.participants.includes(name)),
  );
  const found = covering.filter((one) => one !== undefined);
  if (found.length < covering.length) return null;
  return found.sort((a, b) => Date.parse(a.until) - Date.parse(b.until))[0] ?? ofAll;
}

/** Changes of one incident that are reported without delay. */
const freeChanges = 5;

/** Milliseconds between later changes if reminders are disabled. */
const defaultGap = 1_800_000;

/** Whether a change of an incident may be reported now: the first few at once, later ones as rarely as reminders. */
export function mayChange(
  { changes, toldAt }: { readonly changes: number; readonly toldAt: string },
  { at, remindEvery }: { readonly at: string; readonly remindEvery: number },
): boolean {
  if (changes < freeChanges) return true;
  return elapsed(toldAt, at) >= (remindEvery === 0 ? defaultGap : remindEvery);
}

/** Whether a reminder of an earlier report is due. */
export function isReminderDue(toldAt: string, at: string, remindEvery: number): boolean {
  return remindEvery > 0 && elapsed(toldAt, at) >= remindEvery;
}
