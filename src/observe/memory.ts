import { changedMeanwhile } from '../judge/changed-meanwhile.js';
import type { Answer } from '../judge/compare-answers.js';
import { saysLockedOut } from '../judge/lock-out.js';
import { withoutRotation } from '../judge/rotation/separate.js';
import type { Attempt, FollowUpResult, Observation, Observations, ObservedRotation, Said } from '../model.js';

/** Results of one round with invalid tokens for one participant. */
export interface Round {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The state of the participant, observed without invalid tokens. */
  readonly snapshot: Snapshot;
  /** By probe: the answer of a lock-out after the invalid tokens, as comparable text. */
  readonly lockOuts: ReadonlyMap<string, string>;
  readonly attempts: readonly Attempt[];
  readonly followUps: readonly FollowUpResult[];
}

/** The state of a participant, as comparable texts. */
interface Snapshot {
  /** Its fingerprint, and every known secret. */
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
 * The latest round with invalid tokens of each participant. Services count and log rejected tokens, so that a monitor
 * presents them rarely and reuses the results.
 */
export interface Memory {
  /** Milliseconds after which a round expires. */
  readonly everyMs: number;
  readonly rounds: Map<string, Round>;
}

/** Creates an empty memory: the first check presents every token. */
export const openMemory = (everyMs: number): Memory => ({ everyMs, rounds: new Map() });

/**
 * Selects rounds that are still valid: recent ones of participants whose state has not changed. A participant that
 * accepted an invalid token is checked every time: it does not count them, and a fix is detected immediately. A
 * participant that answers as in a lock-out caused by invalid tokens gets no more of them, because they would prolong
 * it.
 * @param observations observations without any invalid token
 */
export function roundsThatHold({ everyMs, rounds }: Memory, observations: Observations): Map<string, Round> {
  const now = observations.startedAt.getTime();
  const held = new Map<string, Round>();
  const snapshots = snapshotsOf(observations);
  for (const [name, round] of rounds) {
    const isRecent = round.at <= now && now - round.at < everyMs;
    const isOpen = round.attempts.some((a) => a.result === 'accepted');
    const snapshot = snapshots.get(name);
    if (isRecent && !isOpen && snapshot !== undefined && isSeenAgain(snapshot, round)) held.set(name, round);
  }
  return held;
}

/**
 * Stores the rounds of one check.
 * @param observations redacted observations
 * @param kept participants whose stored round was reused
 */
export function remember({ rounds }: Memory, observations: Observations, kept: ReadonlySet<string>): void {
  const at = observations.startedAt.getTime();
  const valid = observations.attempts.filter((a) => a.isFirst === true);
  const snapshots = snapshotsOf({ ...observations, attempts: valid });
  for (const { name, probes } of observations.participants) {
    if (kept.has(name)) continue;
    rounds.delete(name);
    if (probes.length === 0) continue;
    rounds.set(name, {
      at,
      snapshot: snapshots.get(name) ?? { readings: '', answers: [] },
      lockOuts: lockOutsOf(observations, name),
      attempts: observations.attempts
        .filter((a) => a.participant === name && a.isFirst !== true)
        .map((a) => ({ ...a, observedAt: observations.startedAt.toISOString() })),
      followUps: observations.followUps.filter((t) => t.participant === name),
    });
  }
}

/** The state of each participant: its answers to valid tokens, its fingerprint, and every known secret. */
function snapshotsOf({ participants, attempts, rotation }: Observations): Map<string, Snapshot> {
  const secrets = participants
    .filter((p) => p.reading !== null && (p.reading.keyBytes !== null || p.role === 'reference'))
    .map((p) => [p.name, p.reading?.fingerprint]);
  const answers = new Map<string, SeenAnswer[]>();
  for (const attempt of attempts) {
    const { participant, probe, minter, tokenType, version, result } = attempt;
    const list = answers.get(participant) ?? [];
    const kind = JSON.stringify([probe, minter, tokenType, version]);
    list.push({ probe, kind, answer: textOf(attempt), isAccepted: result === 'accepted' });
    answers.set(participant, list);
  }
  return new Map(
    participants.map((p) => [
      p.name,
      {
        readings: JSON.stringify([secrets, readingOf(p), stateOf(rotation)]),
        answers: answers.get(p.name) ?? [],
      },
    ]),
  );
}

/** Whether the state of a participant equals that of a round, or that of a lock-out since. */
function isSeenAgain({ readings, answers }: Snapshot, { snapshot, lockOuts }: Round): boolean {
  return (
    readings === snapshot.readings &&
    answers.length === snapshot.answers.length &&
    answers.every(({ probe, kind, answer, isAccepted }, index) => {
      const before = snapshot.answers[index];
      if (before === undefined || before.kind !== kind) return false;
      const isSame = before.answer === answer && before.isAccepted === isAccepted;
      return isSame || (!isAccepted && lockOuts.get(probe) === answer);
    })
  );
}

/**
 * By probe: the last answer to a forged token, if it differs from the first one, or an answer that reports a
 * lock-out.
 */
function lockOutsOf(observations: Observations, name: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const followUp of observations.followUps) {
    const { participant, probe } = followUp;
    if (participant !== name || found.has(probe)) continue;
    const change = changedMeanwhile(withoutRotation(observations), participant, probe);
    if (change !== null) found.set(probe, textOf(change.to));
    else if (saysLockedOut(followUp)) found.set(probe, textOf(followUp));
  }
  return found;
}

const textOf = ({ status, closeCode, said }: Answer): string =>
  JSON.stringify([status, closeCode, shapeOf(said)]);

/** With every step of a rotation, other tokens have to be rejected. */
const stateOf = (rotation: ObservedRotation | undefined): string | null =>
  rotation === undefined ? null : JSON.stringify([rotation.record.id, rotation.record.state]);

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

/** The parts of an answer that do not vary between requests. */
function shapeOf(said: Said | undefined): unknown {
  if (said === undefined) return null;
  const members = Object.entries(said.members).map(([pointer, value]) => [
    pointer,
    typeof value === 'boolean' || value === null ? value : typeof value,
  ]);
  return [said.form, members.sort()];
}
