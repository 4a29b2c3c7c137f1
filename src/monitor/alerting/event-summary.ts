import { moment } from '../../judge/phrases.js';
import { elapsed } from '../../notify/event.js';
import { spanText } from '../../report/text/format-time.js';
import { label } from '../../report/text/sanitize.js';
import type { Drift, Incident, Outage } from '../monitor-model.js';
import { couldNotTell } from './drift.js';
import type { Relapses } from './relapses.js';
import type { Step } from './transition.js';
import { reasonsFor } from './visibility.js';

/*
 * One line each, for somebody who is woken by it: where, who, why, since when, and the money at risk. Texts of services
 * are in them, so every part is made harmless by `label`.
 */

/** A drift that is told for the first time, or that came back. */
export function driftInWords({ since, told }: Incident, relapses: Relapses | null, step: Step): string {
  const { times } = relapses ?? { times: 0 };
  const again = times === 0 ? '' : `it came back ${times === 1 ? 'once' : `${times} times`} lately`;
  return line(step, `${told.summary}, since ${moment(since)}`, again, money(told));
}

/** A drift that is another than was told. */
export function changeInWords(before: Drift, { since, told }: Incident, step: Step): string {
  const how = before.level === told.level ? 'the drift changed' : `${told.level}, was ${before.level}`;
  return line(step, `${how}: ${told.summary}, since ${moment(since)}`, money(told));
}

/** A drift that goes on. */
export function reminderInWords({ since, told }: Incident, step: Step): string {
  const still = step.kind === 'neither' ? 'not resolved' : 'still';
  const unseen = step.kind === 'neither' ? `; the last check was inconclusive: ${reasonOf(step)}` : '';
  const lasting = `for ${spanText(elapsed(since, step.at))}, since ${moment(since)}`;
  return line(step, `${still}: ${told.summary}, ${lasting}${unseen}`, money(told));
}

/** A drift that is over. */
export function resolutionInWords({ since, told }: Incident, step: Step): string {
  return line(step, `resolved after ${spanText(elapsed(since, step.at))}; it was: ${told.summary}`);
}

/** A participant that cannot be reached. */
export function outageInWords(name: string, since: string, step: Step, isReminder = false): string {
  const { outcome } = step;
  const reason = outcome.is === 'report' ? reasonsFor(outcome.report, name)[0] : undefined;
  const why =
    reason === undefined
      ? `${label(name, nameColumns)} gave no clear answer`
      : withoutDot(label(reason.message, textColumns));
  return line(step, `${still(isReminder)}${why}, since ${moment(since)}`);
}

/** Names that one line holds. */
const mostNames = 3;

/** Many participants that cannot be reached. */
export function groupInWords(
  participants: readonly string[],
  since: string,
  step: Step,
  isReminder: boolean,
): string {
  const names = participants.slice(0, mostNames).map((name) => label(name, nameColumns));
  const more = participants.length - names.length;
  const who = more > 0 ? `${names.join(', ')} and ${more.toLocaleString('en-US')} more` : names.join(', ');
  const count = participants.length.toLocaleString('en-US');
  return line(
    step,
    `${still(isReminder)}${count} participants cannot be reached: ${who}, since ${moment(since)}`,
  );
}

/** All of many participants are back. */
export function groupRecoveryInWords(count: number, since: string, step: Step): string {
  const lasting = spanText(elapsed(since, step.at));
  return line(
    step,
    `${count.toLocaleString('en-US')} participants could not be reached; over after ${lasting}`,
  );
}

const still = (isReminder: boolean): string => (isReminder ? 'still: ' : '');

/** A participant that is away no more. */
export function recoveryInWords(name: string, how: string, since: string, step: Step): string {
  const lasting = spanText(elapsed(since, step.at));
  return line(step, `${label(name, nameColumns)} ${how}, after ${lasting} in which it could not be reached`);
}

/** No check could tell, or too few could. */
export function blindnessInWords({ since, away, recent }: Outage, step: Step, isReminder = false): string {
  const all = Math.max(recent.length, away);
  const checks =
    all > away
      ? `${away} of the last ${all} checks`
      : away === 1
        ? 'the last check'
        : `the last ${away} checks`;
  return line(
    step,
    `${still(isReminder)}drift would go unnoticed: ${checks} were inconclusive, since ${moment(since)}`,
    reasonOf(step),
  );
}

/** No check was good, each for another reason. */
export function restlessInWords({ since, away }: Outage, step: Step): string {
  const checks = `none of the last ${away} checks was good, since ${moment(since)}`;
  return line(step, `${checks}, and not for one reason`, `the last one: ${reasonOf(step)}`);
}

/** The monitor sees again. */
export function sightInWords(since: string, step: Step): string {
  const now = step.kind === 'good' ? '; all agree' : '';
  return line(step, `checks are conclusive again, after ${spanText(elapsed(since, step.at))}${now}`);
}

const nameColumns = 40;
const textColumns = 240;

/** Why the last check is not good. */
function reasonOf({ outcome, sight, drift }: Step): string {
  if (drift !== null) return drift.summary;
  if (sight.blind !== null) return withoutDot(label(sight.blind, textColumns));
  const found = outcome.is === 'report' ? outcome.report.findings : [];
  const why = found.find((f) => couldNotTell.has(f.code)) ?? found[0];
  return why === undefined ? 'it was neither good nor bad' : withoutDot(label(why.message, textColumns));
}

const withoutDot = (text: string): string => text.replace(/\.$/, '');

function line({ environment }: Step, ...clauses: readonly string[]): string {
  return `${label(environment, nameColumns)}: ${clauses.filter((clause) => clause !== '').join('; ')}`;
}

function money({ impact: { currency, mrrAtRisk } }: Drift): string {
  if (!(mrrAtRisk > 0)) return '';
  const amount = mrrAtRisk.toLocaleString('en-US', { maximumFractionDigits: 2 });
  return `${label(currency, 8)} ${amount} a month at risk`;
}
