import type { Attempt, Observation, Observations } from '../model.js';

/** `a`, `a and b`, `a, b and c`, or the first few and how many more. */
export function list(names: readonly string[], most = 5): string {
  if (names.length > most + 1) return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** The participant of that name. */
export function participant(observations: Observations, name: string | undefined): Observation | undefined {
  if (name === undefined) return undefined;
  const known = byName.get(observations.participants);
  if (known !== undefined) return known.get(name);
  const index = new Map(observations.participants.map((p) => [p.name, p]));
  byName.set(observations.participants, index);
  return index.get(name);
}

/** There may be ten thousand participants, and every finding needs this. */
const byName = new WeakMap<readonly Observation[], ReadonlyMap<string, Observation>>();

/** Name of the reference, for a sentence. */
export function referenceName(observations: Observations): string {
  return observations.reference ?? 'the others';
}

/** The form of the verb for one participant or several. */
export function verbFor(participants: readonly string[], one: string, several: string): string {
  return participants.length === 1 ? one : several;
}

/** An RFC 3339 time to the minute, for a sentence. */
export function timeText(time: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(time) ? `${time.slice(0, 16).replace('T', ' ')} UTC` : time;
}

/** The probe and the answer of an attempt, in a few words. */
export function describeAttempt(attempt: Attempt): string {
  return `${attempt.probe}: ${attempt.detail}`;
}

/** Distinct, in order of first appearance. */
export function distinct(values: Iterable<string>): string[] {
  return [...new Set(values)];
}
