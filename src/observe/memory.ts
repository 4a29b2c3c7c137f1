import { changedMeanwhile } from '../judge/changed-meanwhile.js';
import type { Answer } from '../judge/compare-answers.js';
import { saysLockedOut } from '../judge/lock-out.js';
import type { Attempt, FollowUpResult, Observation, Observations, Said } from '../model.js';

/** What a round with invalid tokens showed of one participant. */
export interface Round {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** All that was seen of it without an invalid token. */
  readonly sight: Sight;
  /** By probe, the answer that a lock-out gave after the invalid tokens, as a text to compare. */
  readonly lockOuts: ReadonlyMap<string, string>;
  readonly attempts: readonly Attempt[];
  readonly followUps: readonly FollowUpResult[];
}

/** What a participant looks like, as texts to compare. */
interface Sight {
  /** Its fingerprint, and every secret at hand. */
  readonly readings: string;
  /** Its answers to valid tokens. */
  readonly answers: readonly SeenAnswer[];
}

interface SeenAnswer {
  readonly probe: string;
  readonly kind: string;
  readonly answer: string;
  readonly isAccepted: boolean;
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
 * that accepted an invalid token is asked at every check: it does not count them, and its repair is seen at once. One
 * that answers as it did when our own invalid tokens had locked us out is given no more of them: else every check would
 * prolong that.
 * @param observations what was seen without any invalid token
 */
export function roundsThatHold({ everyMs, rounds }: Memory, observations: Observations): Map<string, Round> {
  const now = observations.startedAt.getTime();
  const held = new Map<string, Round>();
  const sights = sightsOf(observations);
  for (const [name, round] of rounds) {
    const isRecent = round.at <= now && now - round.at < everyMs;
    const isOpen = round.attempts.some((a) => a.result === 'accepted');
    const sight = sights.get(name);
    if (isRecent && !isOpen && sight !== undefined && isSeenAgain(sight, round)) held.set(name, round);
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
      sight: sights.get(name) ?? { readings: '', answers: [] },
      lockOuts: lockOutsOf(observations, name),
      attempts: observations.attempts
        .filter((a) => a.participant === name && a.isFirst !== true)
        .map((a) => ({ ...a, observedAt: observations.startedAt.toISOString() })),
      followUps: observations.followUps.filter((t) => t.participant === name),
    });
  }
}

/** What each participant looks like: its answers to valid tokens and its fingerprint, beside every secret at hand. */
function sightsOf({ participants, attempts }: Observations): Map<string, Sight> {
  const secrets = participants
    .filter((p) => p.reading !== null && (p.reading.keyBytes !== null || p.role === 'reference'))
    .map((p) => [p.name, p.reading?.fingerprint]);
  const answers = new Map<string, SeenAnswer[]>();
  for (const attempt of attempts) {
    const { participant, probe, minter, tokenType, result } = attempt;
    const list = answers.get(participant) ?? [];
    const kind = JSON.stringify([probe, minter, tokenType]);
    list.push({ probe, kind, answer: textOf(attempt), isAccepted: result === 'accepted' });
    answers.set(participant, list);
  }
  return new Map(
    participants.map((p) => [
      p.name,
      { readings: JSON.stringify([secrets, readingOf(p)]), answers: answers.get(p.name) ?? [] },
    ]),
  );
}

/** Whether a participant looks as it did in a round, or as it does to those that it has locked out since. */
function isSeenAgain({ readings, answers }: Sight, { sight, lockOuts }: Round): boolean {
  return (
    readings === sight.readings &&
    answers.length === sight.answers.length &&
    answers.every(({ probe, kind, answer, isAccepted }, index) => {
      const before = sight.answers[index];
      if (before === undefined || before.kind !== kind) return false;
      const isSame = before.answer === answer && before.isAccepted === isAccepted;
      return isSame || (!isAccepted && lockOuts.get(probe) === answer);
    })
  );
}

/** By probe, what a forged token got in the end where that was another answer than at first, or what says so in words. */
function lockOutsOf(observations: Observations, name: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const followUp of observations.followUps) {
    const { participant, probe } = followUp;
    if (participant !== name || found.has(probe)) continue;
    const change = changedMeanwhile(observations, participant, probe);
    if (change !== null) found.set(probe, textOf(change.to));
    else if (saysLockedOut(followUp)) found.set(probe, textOf(followUp));
  }
  return found;
}

const textOf = ({ status, closeCode, said }: Answer): string =>
  JSON.stringify([status, closeCode, shapeOf(said)]);

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
