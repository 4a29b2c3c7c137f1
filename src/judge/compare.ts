import type { Attempt, Fingerprint, Group, Observation, Observations } from '../model.js';
import { sameFingerprint, shortestFingerprint } from '../secret/fingerprint.js';
import { fingerprintsOf, isOnlyMint, isRefuted, isVerified } from './participants.js';
import { deviatingIn, type JudgedRotation, judgeRotation } from './rotation/judged-rotation.js';
import { withoutRotation } from './rotation/separate.js';
import { rotating, type SameKey, sameKeyOf } from './same-key.js';
import { readSigning, type Signing } from './signing.js';
import { readTokens, type Tokens } from './tokens.js';

/** The comparison of the participants of one environment. */
export interface Comparison {
  /** `null` without a reference, or if it could not be read. */
  readonly reference: { readonly name: string; readonly fingerprint: Fingerprint } | null;
  readonly groups: readonly Group[];
  /** By participant; `null` if unknown. */
  readonly agrees: ReadonlyMap<string, boolean | null>;
  /** Participants whose fingerprint is known to differ from the right one. */
  readonly differing: readonly string[];
  /** There are several fingerprints, and it is unknown which one is right. */
  readonly divided: boolean;
  /**
   * If the participants are divided, the minimum number with a wrong secret, independent of which is right. Otherwise
   * 0.
   */
  readonly leastWrong: number;
  /** Participants that differ but, in the middle of a rotation, verify with the reference's key too. */
  readonly overlapping: readonly string[];
  /** Participants that proved to hold the reference's secret, though their fingerprint is another. */
  readonly misreported: readonly string[];
  /** Participants that hold different bytes that are the same HMAC key. */
  readonly equivalent: readonly string[];
  /** Participants whose answers differ between connections. */
  readonly split: readonly string[];
  readonly tokens: Tokens;
  /** Conclusions from the tokens that participants signed themselves. */
  readonly signing: Signing;
  /** The rotation of the reference's secret, while it is open. */
  readonly rotation: JudgedRotation | null;
}

/**
 * Compares fingerprints and answers to tokens. It finds the differences; the rules find the causes.
 * @param all with the attempts that belong to an open rotation alone
 */
export function compare(all: Observations): Comparison {
  const observations = withoutRotation(all);
  const rotation = judgeRotation(all);
  const groups = groupsOf(observations);
  const reference = referenceOf(observations);
  const alike = sameKeyOf(observations);
  const right = reference?.fingerprint ?? majority(observations, groups, alike);
  const byReading = new Map(observations.participants.map((p) => [p.name, agreement(p, right, alike)]));
  const differs = (p: Observation) => byReading.get(p.name) === false;

  const signing = readSigning(observations, right, alike);
  const ownTokens = readTokens(observations, (name) => byReading.get(name) ?? null, signing);
  const tokens = withUnclear(withoutExplained(ownTokens, rotation?.explained), rotation?.unclear);
  const deviating = deviatingIn(rotation);
  const overlapping = new Set(
    observations.participants
      .filter((p) => differs(p) && reference !== null && overlaps(p, reference.fingerprint, tokens, alike))
      .map((p) => p.name),
  );
  const split = observations.participants
    .filter((p) => isSplit(p, right, alike) || tokens.flipping.has(p.name) || signing.mixed.has(p.name))
    .map((p) => p.name);

  const agrees = new Map(
    observations.participants.map((p): [string, boolean | null] => {
      if (overlapping.has(p.name)) return [p.name, true];
      if (deviating.has(p.name)) return [p.name, false];
      if (rotation?.explained.has(p.name) === true) return [p.name, true];
      if (signing.signsOther.has(p.name)) return [p.name, false];
      return [p.name, isJudgedByTokens(p, tokens) ? byTokens(p, tokens) : (byReading.get(p.name) ?? null)];
    }),
  );
  const differing = observations.participants
    .filter(
      (p) =>
        (differs(p) || (p.reading === null && signing.signsOther.has(p.name))) && !overlapping.has(p.name),
    )
    .map((p) => p.name);
  const divided = right === null && groups.length > 1;
  const inRotation = rotating(observations).flat();
  const isInRotation = (shown: Fingerprint) => inRotation.some((one) => sameFingerprint(one, shown));
  const otherwise = observations.participants.filter(
    (p) =>
      byReading.get(p.name) === true && !fingerprintsOf(p).every((f) => isRight(f, right) || isInRotation(f)),
  );
  const misreports = (p: Observation) =>
    right !== null &&
    fingerprintsOf(p).some((shown) => !alike(shown, right) || hashShown(observations, shown) !== null);
  const misreported = otherwise.filter(misreports).map((p) => p.name);
  const equivalent = otherwise.filter((p) => !misreports(p)).map((p) => p.name);
  return {
    reference,
    groups,
    agrees,
    differing,
    divided,
    leastWrong: divided ? leastWrong(groups, alike) : 0,
    overlapping: [...overlapping],
    misreported,
    equivalent,
    split,
    tokens,
    signing,
    rotation,
  };
}

/** The tokens, and unclear answers to those of the other key of a rotation. */
function withUnclear(tokens: Tokens, attempts: readonly Attempt[] = []): Tokens {
  if (attempts.length === 0) return tokens;
  const unclear = new Map(tokens.unclear);
  for (const attempt of attempts)
    unclear.set(attempt.participant, [...(unclear.get(attempt.participant) ?? []), attempt]);
  return { ...tokens, unclear };
}

/** The tokens without rejections that a rotation explains. */
function withoutExplained(tokens: Tokens, explained: ReadonlySet<string> | undefined): Tokens {
  if (explained === undefined || explained.size === 0) return tokens;
  const without = <T>(map: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...map].filter(([name]) => !explained.has(name)));
  return {
    ...tokens,
    refused: without(tokens.refused),
    presumedRefused: without(tokens.presumedRefused),
    callerRefused: without(tokens.callerRefused),
    flipping: new Set([...tokens.flipping].filter((name) => !explained.has(name))),
  };
}

/** The hash other than SHA-256 that produced a fingerprint of the right secret; `null`: none is known. */
export function hashShown({ candidates }: Observations, shown: Fingerprint | undefined): string | null {
  if (shown === undefined) return null;
  const found = candidates.find(
    ({ code, fingerprint }) => code === 'fingerprint-misreported' && sameFingerprint(fingerprint, shown),
  );
  return found === undefined ? null : found.text;
}

function referenceOf(observations: Observations): Comparison['reference'] {
  const found = observations.participants.find((p) => p.name === observations.reference);
  if (!found?.reading) return null;
  return { name: found.name, fingerprint: found.reading.fingerprint };
}

/** Groups by fingerprint, the reference's first, then the largest; a participant whose replicas differ is in several. */
function groupsOf(observations: Observations): Group[] {
  const shown = observations.participants.flatMap((p) =>
    fingerprintsOf(p).map((fingerprint) => ({ name: p.name, fingerprint })),
  );
  // Longest first, so that a shorter fingerprint finds the group that it abbreviates.
  const groups: { fingerprint: Fingerprint; participants: Set<string> }[] = [];
  const byBeginning = new Map<string, typeof groups>();
  for (const { name, fingerprint } of [...shown].sort(
    (a, b) => b.fingerprint.length - a.fingerprint.length,
  )) {
    const beginning = fingerprint.slice(0, shortestFingerprint);
    const alike = byBeginning.get(beginning) ?? [];
    const group = alike.find((g) => sameFingerprint(g.fingerprint, fingerprint));
    if (group !== undefined) {
      group.participants.add(name);
      continue;
    }
    const next = { fingerprint, participants: new Set([name]) };
    groups.push(next);
    byBeginning.set(beginning, [...alike, next]);
  }
  const order = new Map(observations.participants.map((p, index) => [p.name, index]));
  const reference = referenceOf(observations);
  return groups
    .map((group) => ({
      fingerprint: group.fingerprint,
      participants: [...group.participants].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)),
      reference: reference !== null && sameFingerprint(group.fingerprint, reference.fingerprint),
    }))
    .sort(
      (a, b) =>
        Number(b.reference) - Number(a.reference) ||
        b.participants.length - a.participants.length ||
        // Hex digits need no collation, which takes milliseconds to load.
        (a.fingerprint < b.fingerprint ? -1 : 1),
    );
}

function isSplit(participant: Observation, right: Fingerprint | null, alike: SameKey): boolean {
  const [first, ...rest] = fingerprintsOf(participant);
  if (first === undefined || !rest.some((other) => !alike(first, other))) return false;
  return right === null || fingerprintsOf(participant).some((f) => !isHeld(participant, f, right, alike));
}

/**
 * Without a configured reference: the fingerprint of all participants, or of a strict majority of them. Silent
 * participants count, because a majority of the readable ones may be a minority of all.
 */
function majority(observations: Observations, groups: readonly Group[], alike: SameKey): Fingerprint | null {
  if (observations.reference !== null) return null;
  const [largest] = sizesOf(groups, alike);
  if (largest === undefined) return null;
  if (largest.groups === groups.length) return largest.fingerprint;
  return largest.names * 2 > observations.participants.length ? largest.fingerprint : null;
}

/** Of those that showed a fingerprint, all but the largest group. */
function leastWrong(groups: readonly Group[], alike: SameKey): number {
  const [largest] = sizesOf(groups, alike);
  const members = new Set(groups.flatMap((group) => group.participants));
  return members.size - (largest?.names ?? 0);
}

/** The number of participants of each secret, and the number of groups; the largest group first. */
function sizesOf(groups: readonly Group[], alike: SameKey) {
  const sizes = groups.map((one) => {
    const { fingerprint } = one;
    // Without proof of equivalence, each group stays separate.
    const same =
      alike === sameFingerprint ? [one] : groups.filter((group) => alike(group.fingerprint, fingerprint));
    return { fingerprint, groups: same.length, names: new Set(same.flatMap((g) => g.participants)).size };
  });
  return sizes.sort((a, b) => b.names - a.names);
}

const isRight = (shown: Fingerprint, right: Fingerprint | null): boolean =>
  right !== null && sameFingerprint(shown, right);

function agreement(participant: Observation, right: Fingerprint | null, alike: SameKey): boolean | null {
  if (participant.reading === null || right === null) return null;
  if (fingerprintsOf(participant).some((shown) => !isHeld(participant, shown, right, alike))) return false;
  return participant.error === null ? true : null;
}

/** Whether a participant that reports this fingerprint holds the right secret: a proof outweighs the fingerprint. */
function isHeld(participant: Observation, shown: Fingerprint, right: Fingerprint, alike: SameKey): boolean {
  if (isVerified(participant, shown)) return true;
  // The same bytes give the same proof; other bytes that are the same key need not.
  if (isRight(shown, right) && isRefuted(participant, shown)) return false;
  return alike(shown, right);
}

/** A rotation in progress: it verifies with the reference's key as well, and a valid token proved it. */
function overlaps(participant: Observation, reference: Fingerprint, tokens: Tokens, alike: SameKey): boolean {
  const announced =
    participant.reading?.accepts.some((accepted) => sameFingerprint(accepted, reference)) ?? false;
  return (
    announced &&
    !isSplit(participant, reference, alike) &&
    tokens.accepted.has(participant.name) &&
    !tokens.refused.has(participant.name)
  );
}

/**
 * Whether a participant is judged by its answers to tokens alone: it has no source, or only a mint endpoint whose tokens
 * cannot be verified here. One that signs with the right key and rejects its own tokens is judged by its answers, too.
 */
function isJudgedByTokens(participant: Observation, tokens: Tokens): boolean {
  if (participant.source === null) return true;
  return isOnlyMint(participant) && (participant.reading === null || tokens.refused.has(participant.name));
}

/** Without a source, only tokens count; a verifier that accepts invalid tokens proves nothing by accepting a valid one. An
 * earlier key may be accepted beside the right one. */
function byTokens(participant: Observation, tokens: Tokens): boolean | null {
  if (tokens.refused.has(participant.name) || tokens.mintsOther.has(participant.name)) return false;
  if (!tokens.accepted.has(participant.name)) return null;
  const takesBadOnes =
    tokens.controls.get(participant.name)?.some((a) => a.result === 'accepted' && a.token !== 'retired') ??
    false;
  return takesBadOnes ? null : true;
}
