import { timeText } from '../../judge/phrases.js';
import { elapsed } from '../../notify/event.js';
import { sanitizeAndTruncate } from '../../report/text/sanitize.js';
import { formatDuration } from '../../schema/duration.js';
import type { Drift, Incident, Outage } from '../monitor-model.js';
import { couldNotTell } from './drift.js';
import type { TransitionContext } from './transition.js';
import { reasonsFor } from './visibility.js';
import type { Relapses } from './window.js';

/*
 * One line each, for a person on call: where, who, why, since when, and the money at risk. The lines contain texts of
 * services, so `label` sanitizes every part.
 */

/** A drift that is reported for the first time, or that came back. */
export function driftInWords(
  { since, told }: Incident,
  relapses: Relapses | null,
  step: TransitionContext,
): string {
  const { times } = relapses ?? { times: 0 };
  const again = times === 0 ? '' : `it came back ${times === 1 ? 'once' : `${times} times`} lately`;
  return line(step, `${told.summary}, since ${timeText(since)}`, again, money(told));
}

/** A drift that differs from the one that was reported. */
export function changeInWords(before: Drift, { since, told }: Incident, step: TransitionContext): string {
  const how = before.level === told.level ? 'the drift changed' : `${told.level}, was ${before.level}`;
  return line(step, `${how}: ${told.summary}, since ${timeText(since)}`, money(told));
}

/** A drift that continues. */
export function reminderInWords({ since, told }: Incident, step: TransitionContext): string {
  const lasting = `for ${formatDuration(elapsed(since, step.at))}, since ${timeText(since)}`;
  const last =
    step.kind === 'neither'
      ? `the last check was inconclusive: ${reasonOf(step)}`
      : step.drift !== null && !told.participants.every((name) => isIn(step, name))
        ? `the last check showed: ${step.drift.summary}`
        : '';
  if (last !== '' && told.participants.length > 0 && told.participants.every((name) => agreesIn(step, name)))
    return line(
      step,
      `not resolved, ${lasting}: ${last}`,
      `${agreeNow(told)}; it was: ${told.summary}`,
      money(told),
    );
  const still = last === '' ? 'still' : 'not resolved';
  return line(step, `${still}: ${told.summary}, ${lasting}`, last, money(told));
}

/** Whether a participant is part of the drift, or could be. */
const isIn = ({ drift, sight }: TransitionContext, name: string): boolean =>
  drift === null || drift.participants.includes(name) || sight.inconclusive || sight.unreadable.has(name);

/** Whether the check shows that a participant has no fault. */
function agreesIn({ outcome, sight, drift }: TransitionContext, name: string): boolean {
  if (outcome.is === 'failed' || sight.inconclusive || sight.unreadable.has(name)) return false;
  if (drift?.participants.includes(name) === true || sight.unknown.has(name)) return false;
  return outcome.report.participants.some((p) => p.name === name && p.agrees === true);
}

const agreeNow = ({ participants }: Drift): string =>
  `${namesInWords(participants)} ${participants.length === 1 ? 'agrees' : 'agree'} now`;

/** A resolved drift. */
export function resolutionInWords({ since, told }: Incident, step: TransitionContext): string {
  return line(step, `resolved after ${formatDuration(elapsed(since, step.at))}; it was: ${told.summary}`);
}

/** A participant that cannot be reached. */
export function outageInWords(
  name: string,
  since: string,
  step: TransitionContext,
  isReminder = false,
): string {
  const { outcome } = step;
  const reason = outcome.is === 'report' ? reasonsFor(outcome.report, name)[0] : undefined;
  const why =
    reason === undefined
      ? `${sanitizeAndTruncate(name, nameColumns)} gave no clear answer`
      : withoutDot(sanitizeAndTruncate(reason.message, textColumns));
  return line(step, `${still(isReminder)}${why}, since ${timeText(since)}`);
}

/** Names that one line holds. */
const mostNames = 3;

function namesInWords(participants: readonly string[]): string {
  const names = participants.slice(0, mostNames).map((name) => sanitizeAndTruncate(name, nameColumns));
  const more = participants.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${more.toLocaleString('en-US')} more` : names.join(', ');
}

/** Many participants that cannot be reached. */
export function groupInWords(
  participants: readonly string[],
  since: string,
  step: TransitionContext,
  isReminder: boolean,
): string {
  const who = namesInWords(participants);
  const count = participants.length.toLocaleString('en-US');
  return line(
    step,
    `${still(isReminder)}${count} participants cannot be reached: ${who}, since ${timeText(since)}`,
  );
}

/** All of the many unreachable participants are back. @param others that were reported by themselves, and are not */
export function groupRecoveryInWords(
  count: number,
  others: number,
  since: string,
  step: TransitionContext,
): string {
  const lasting = formatDuration(elapsed(since, step.at));
  const more = others === 0 ? '' : `${participantsInWords(others, 'other ')} still cannot be reached`;
  return line(step, `${participantsInWords(count)} could not be reached; over after ${lasting}`, more);
}

const participantsInWords = (count: number, which = ''): string =>
  `${count.toLocaleString('en-US')} ${which}participant${count === 1 ? '' : 's'}`;

const still = (isReminder: boolean): string => (isReminder ? 'still: ' : '');

/** A participant that is reachable again. */
export function recoveryInWords(name: string, how: string, since: string, step: TransitionContext): string {
  const lasting = formatDuration(elapsed(since, step.at));
  return line(
    step,
    `${sanitizeAndTruncate(name, nameColumns)} ${how}, after ${lasting} in which it could not be reached`,
  );
}

/** No check was conclusive, or too few were. */
export function degradedInWords(
  { since, away, recent }: Outage,
  step: TransitionContext,
  isReminder = false,
): string {
  const all = Math.max(recent.length, away);
  const checks =
    all > away
      ? `${away} of the last ${all} checks`
      : away === 1
        ? 'the last check'
        : `the last ${away} checks`;
  return line(
    step,
    `${still(isReminder)}drift would go unnoticed: ${checks} were inconclusive, since ${timeText(since)}`,
    reasonOf(step),
  );
}

/** No check was good, each for a different reason. */
export function flappingInWords({ since, away }: Outage, step: TransitionContext): string {
  const checks = `none of the last ${away} checks was good, since ${timeText(since)}`;
  return line(step, `${checks}, and not for one reason`, `the last one: ${reasonOf(step)}`);
}

/** The monitor sees again. */
export function visibilityInWords(since: string, step: TransitionContext): string {
  const now = step.kind === 'good' ? '; all agree' : '';
  return line(step, `checks are conclusive again, after ${formatDuration(elapsed(since, step.at))}${now}`);
}

const nameColumns = 40;
const textColumns = 240;

/** The reason why the last check is not good. */
function reasonOf({ outcome, sight, drift }: TransitionContext): string {
  if (drift !== null) return drift.summary;
  if (sight.degraded !== null) return withoutDot(sanitizeAndTruncate(sight.degraded, textColumns));
  const found = outcome.is === 'report' ? outcome.report.findings : [];
  const why = found.find((f) => couldNotTell.has(f.code)) ?? found[0];
  return why === undefined
    ? 'it was neither good nor bad'
    : withoutDot(sanitizeAndTruncate(why.message, textColumns));
}

const withoutDot = (text: string): string => text.replace(/\.$/, '');

/** One line about an environment; empty clauses are left out. */
export function line({ environment }: TransitionContext, ...clauses: readonly string[]): string {
  return `${sanitizeAndTruncate(environment, nameColumns)}: ${clauses.filter((clause) => clause !== '').join('; ')}`;
}

function money({ impact: { currency, mrrAtRisk } }: Drift): string {
  if (!(mrrAtRisk > 0)) return '';
  const amount = mrrAtRisk.toLocaleString('en-US', { maximumFractionDigits: 2 });
  return `${sanitizeAndTruncate(currency, 8)} ${amount} a month at risk`;
}
