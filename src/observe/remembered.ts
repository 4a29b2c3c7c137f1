import type { Attempt, Observation, Observations, Said, Trial } from '../model.js';

/** What a round with invalid tokens showed of one participant. */
export interface Round {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** All that was seen of it without an invalid token, as a text to compare. */
  readonly sight: string;
  readonly attempts: readonly Attempt[];
  readonly trials: readonly Trial[];
}

/**
 * The latest round with invalid tokens, of each participant. A service counts and logs rejected tokens, so a monitor
 * presents them seldom, and meanwhile goes by what it remembers.
 */
export interface Memory {
  /** Milliseconds after which a round is no longer relied on. */
  readonly everyMs: number;
  readonly rounds: Map<string, Round>;
}

/** A memory of nothing: the first check presents every token. */
export const openMemory = (everyMs: number): Memory => ({ everyMs, rounds: new Map() });

/**
 * The rounds that still hold: recent ones of participants of which everything else looks as it did then. A participant
 * that accepted an invalid token is asked at every check: it does not count them, and its repair is seen at once.
 * @param observations what was seen without any invalid token
 */
export function roundsThatHold({ everyMs, rounds }: Memory, observations: Observations): Map<string, Round> {
  const now = observations.startedAt.getTime();
  const held = new Map<string, Round>();
  const sights = sightsOf(observations);
  for (const [name, round] of rounds) {
    const isRecent = round.at <= now && now - round.at < everyMs;
    const isOpen = round.attempts.some((a) => a.result === 'accepted');
    if (isRecent && !isOpen && sights.get(name) === round.sight) held.set(name, round);
  }
  return held;
}

/**
 * Remembers the rounds of one check.
 * @param observations everything that was seen, fit to be shown
 * @param kept participants whose round is an older one
 */
export function remember({ rounds }: Memory, observations: Observations, kept: ReadonlySet<string>): void {
  const at = observations.startedAt.getTime();
  const valid = observations.attempts.filter((a) => a.isFirst === true);
  const sights = sightsOf({ ...observations, attempts: valid });
  for (const { name, probes } of observations.participants) {
    if (kept.has(name)) continue;
    rounds.delete(name);
    if (probes.length === 0) continue;
    rounds.set(name, {
      at,
      sight: sights.get(name) ?? '',
      attempts: observations.attempts
        .filter((a) => a.participant === name && a.isFirst !== true)
        .map((a) => ({ ...a, observedAt: observations.startedAt.toISOString() })),
      trials: observations.trials.filter((t) => t.participant === name),
    });
  }
}

/** What each participant looks like: its answers to valid tokens and its fingerprint, beside every secret at hand. */
function sightsOf({ participants, attempts }: Observations): Map<string, string> {
  const secrets = participants
    .filter((p) => p.reading !== null && (p.reading.keyBytes !== null || p.role === 'reference'))
    .map((p) => [p.name, p.reading?.fingerprint]);
  const answers = new Map<string, unknown[]>();
  for (const { participant, probe, minter, tokenType, result, status, closeCode, said } of attempts) {
    const list = answers.get(participant) ?? [];
    list.push([probe, minter, tokenType, result, status, closeCode, shapeOf(said)]);
    answers.set(participant, list);
  }
  return new Map(
    participants.map((p) => [p.name, JSON.stringify([secrets, readingOf(p), answers.get(p.name) ?? []])]),
  );
}

const readingOf = ({ reading, error }: Observation) => [
  error?.code ?? null,
  ...(reading === null
    ? []
    : [
        reading.accepts,
        [...new Set(reading.instances.map((i) => i.fingerprint))].sort(),
        [...new Set((reading.proofs ?? []).map((proof) => proof.outcome))].sort(),
      ]),
];

/** Of an answer, what does not change from one request to the next. */
function shapeOf(said: Said | undefined): unknown {
  if (said === undefined) return null;
  const members = Object.entries(said.members).map(([pointer, value]) => [
    pointer,
    typeof value === 'boolean' || value === null ? value : typeof value,
  ]);
  return [said.form, members.sort()];
}
