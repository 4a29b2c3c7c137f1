import type { Attempt, Observation, Observations } from '../model.js';

/** `a`, `a and b`, `a, b and c`, or the first few and how many more. */
export function list(names: readonly string[], most = 5): string {
  if (names.length > most + 1) return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** The participant of that name. */
export function participant(observations: Observations, name: string | undefined): Observation | undefined {
  return observations.participants.find((p) => p.name === name);
}

/** Name of the reference, for a sentence. */
export function referenceName(observations: Observations): string {
  return observations.reference ?? 'the others';
}

/** The command that prints what the reference holds, where its kind has one. */
export function readCommand(observations: Observations): string | null {
  const reference = participant(observations, observations.reference ?? undefined);
  if (reference?.source !== 'google-secret-manager') return null;
  const match = /^projects\/([^/]+)(?:\/locations\/([^/]+))?\/secrets\/([^/]+)$/.exec(reference.target ?? '');
  if (!match) return null;
  const version = reference.reading?.version ?? 'latest';
  const location = match[2] === undefined ? '' : ` --location=${match[2]}`;
  return `gcloud secrets versions access ${version} --secret=${match[3]} --project=${match[1]}${location}`;
}

/** How one participant is given the reference's secret, in the terms of its own source. */
export function adopt(observations: Observations, name: string | undefined): string {
  const found = participant(observations, name);
  const command = readCommand(observations);
  const from = referenceName(observations);
  if (found?.source === 'env') {
    const variable = found.target?.split(', ')[0] ?? 'the variable';
    return command === null
      ? `Set ${variable} to the secret of ${from} where ${name} runs.`
      : `Take it from ${from} where ${name} runs:\n  export ${variable}="$(${command})"`;
  }
  if (found?.source === 'file' && command !== null) {
    return `Write what ${from} holds to ${found.target}; to look at it without showing it:\n  ${command} | npx jwtcheck fingerprint`;
  }
  return `Give ${name ?? 'it'} the secret of ${from}, then restart it: most services read the secret only at start.`;
}

/** The verb as it goes with one participant, or with several. */
export function verb(participants: readonly string[], one: string, several: string): string {
  return participants.length === 1 ? one : several;
}

/** An RFC 3339 time to the minute, for a sentence. */
export function moment(time: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(time) ? `${time.slice(0, 16).replace('T', ' ')} UTC` : time;
}

/** Where an attempt went and what came back, in a few words. */
export function told(attempt: Attempt): string {
  return `${attempt.probe}: ${attempt.detail}`;
}

/** Distinct, in order of first appearance. */
export function distinct(values: Iterable<string>): string[] {
  return [...new Set(values)];
}
