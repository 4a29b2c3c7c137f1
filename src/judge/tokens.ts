import type { Attempt, Observations } from '../model.js';
import { tokenOf } from './follow-ups.js';
import { countsAsRejection, mayBeRejection } from './inconclusive-answers.js';
import { groupByParticipant, isOnlyMint, probeKey } from './participants.js';
import { baselineOf, blamesCaller } from './responses.js';
import { isSound, type Signing } from './signing.js';

/** The results of the tokens, by participant. */
export interface Tokens {
  /** Valid tokens that were accepted. */
  readonly accepted: ReadonlyMap<string, readonly Attempt[]>;
  /** Valid tokens that were rejected. */
  readonly refused: ReadonlyMap<string, readonly Attempt[]>;
  /**
   * Valid tokens, neither accepted nor rejected, whose answer may be how this service rejects tokens: one accepted
   * variant proves it.
   */
  readonly presumedRefused: ReadonlyMap<string, readonly Attempt[]>;
  /** Valid tokens that were rejected because of the caller's own credentials, which says nothing about the token. */
  readonly callerRefused: ReadonlyMap<string, readonly Attempt[]>;
  /** Accepted tokens of a key other than the right one. */
  readonly takenFromOthers: ReadonlyMap<string, readonly Attempt[]>;
  /** Attempts with tokens that must be rejected. */
  readonly controls: ReadonlyMap<string, readonly Attempt[]>;
  /** Inconclusive attempts that prevent a verdict. */
  readonly unclear: ReadonlyMap<string, readonly Attempt[]>;
  /** Controls that got an error on a probe that accepted the valid token: they count as rejected. */
  readonly erred: ReadonlyMap<string, readonly Attempt[]>;
  /** Participants that accepted and rejected the same kind of token on different connections. */
  readonly flipping: ReadonlySet<string>;
  /**
   * Services whose tokens cannot be verified here, and were rejected by probes that accepted those of the right secret:
   * they sign with another key. By name, with the attempts that prove it.
   */
  readonly mintsOther: ReadonlyMap<string, MintsOther>;
  /** Participants with probes that no token of the right key could be made for. */
  readonly unproven: readonly string[];
}

/** The proof that a service mints tokens with another key. */
export interface MintsOther {
  /** Its own tokens, rejected. */
  readonly refused: readonly Attempt[];
  /** The minters whose tokens the same probes accepted. */
  readonly taken: readonly string[];
}

/**
 * Sorts the attempts by what they prove.
 * @param agreesByFingerprint whether a participant's fingerprint is the right one; `null` if unknown
 */
export function readTokens(
  observations: Observations,
  agreesByFingerprint: (name: string) => boolean | null,
  signing: Signing,
): Tokens {
  const sourceless = new Set(
    observations.participants.filter((p) => p.source === null || isOnlyMint(p)).map((p) => p.name),
  );
  const genuine = observations.attempts.filter((a) => a.token === 'genuine');
  const isVerified = (a: Attempt): boolean => verified(a, observations, signing) !== 'unknown';
  const ofRight = genuine.filter((a) =>
    isVerified(a)
      ? verified(a, observations, signing) === 'right'
      : a.minter !== null && agreesByFingerprint(a.minter) === true,
  );
  const mintsOther = mintingOthers(
    genuine.filter((a) => a.minter !== null && sourceless.has(a.minter) && !isVerified(a)),
    ofRight,
  );
  // A service whose tokens cannot be verified here is trusted, because users carry its tokens; unless tokens of the
  // right secret prove the contrary.
  const isRight = (a: Attempt): boolean => {
    const by = verified(a, observations, signing);
    if (by !== 'unknown') return by === 'right';
    const { minter } = a;
    return (
      minter !== null &&
      (agreesByFingerprint(minter) === true || (sourceless.has(minter) && !mintsOther.has(minter)))
    );
  };
  const isWrong = (a: Attempt): boolean => {
    const by = verified(a, observations, signing);
    if (by !== 'unknown') return by === 'other';
    return a.minter !== null && (agreesByFingerprint(a.minter) === false || mintsOther.has(a.minter));
  };

  const right = genuine.filter(isRight);
  const controls = observations.attempts.filter((a) => a.token !== 'genuine');
  const accepted = right.filter((a) => a.result === 'accepted');
  const rejected = right.filter((a) => a.result === 'rejected');
  const callerRefused = rejected.filter((a) => isAboutCaller(a, observations));
  const refused = rejected.filter((a) => !callerRefused.includes(a));
  const openProbes = new Set(accepted.map(probeKey));
  const unclearControls = controls.filter((a) => a.result === 'inconclusive');

  // An error counts as a rejection if the valid token was accepted.
  const isRefusedInEffect = (a: Attempt): boolean => openProbes.has(probeKey(a)) && countsAsRejection(a);
  const withGenuine = new Set(right.map((a) => a.participant));
  return {
    accepted: groupByParticipant(accepted),
    refused: groupByParticipant(refused),
    presumedRefused: groupByParticipant(
      right.filter(
        (a) =>
          a.result === 'inconclusive' && mayBeRejection(a, baselineOf(observations, a.participant, a.probe)),
      ),
    ),
    callerRefused: groupByParticipant(callerRefused),
    takenFromOthers: groupByParticipant(genuine.filter((a) => isWrong(a) && a.result === 'accepted')),
    controls: groupByParticipant(controls),
    unclear: groupByParticipant([
      ...right.filter((a) => a.result === 'inconclusive'),
      ...callerRefused,
      ...unclearControls.filter((a) => !isRefusedInEffect(a)),
    ]),
    erred: groupByParticipant(unclearControls.filter(isRefusedInEffect)),
    flipping: new Set([...flipping(right), ...changedTheirMind(observations, refused)]),
    mintsOther,
    unproven: observations.participants
      .filter((p) => p.probes.length > 0 && !withGenuine.has(p.name))
      .map((p) => p.name),
  };
}

/** One accepted token, whatever its change, refutes an answer that blames the caller. */
function isAboutCaller(attempt: Attempt, observations: Observations): boolean {
  const { participant, probe } = attempt;
  return (
    blamesCaller(attempt, baselineOf(observations, participant, probe)) &&
    !observations.followUps.some(
      (t) =>
        t.participant === participant &&
        t.probe === probe &&
        (t.result === 'accepted' || t.signatureVerified === true),
    )
  );
}

/** The attempts of one participant that the follow-up covers: valid tokens that were, or may have been, rejected. */
export function questioned(
  { refused, presumedRefused, callerRefused }: Tokens,
  name: string,
): readonly Attempt[] {
  return [refused, presumedRefused, callerRefused].flatMap((map) => map.get(name) ?? []);
}

/** Whether the follow-up has any rejected token to examine. */
export function isAnyQuestioned({ refused, presumedRefused, callerRefused }: Tokens): boolean {
  return refused.size + presumedRefused.size + callerRefused.size > 0;
}

/**
 * The local verification of the token of an attempt. `flawed`: signed with the right key, but not as configured, so that
 * rejecting it is not a fault. `unknown` also for tokens that jwtcheck signed.
 */
export function verified(
  attempt: Attempt,
  observations: Observations,
  signing: Signing,
): 'right' | 'other' | 'flawed' | 'unknown' {
  const token = attempt.minted;
  if (token === undefined) return 'unknown';
  const signer = signing.signerOf(token);
  const isFlawed = signer === 'right' && attempt.result !== 'accepted' && !isSound(token, observations);
  return isFlawed ? 'flawed' : signer;
}

/** Services whose tokens were rejected by a probe that always accepted tokens of the right secret and the same type. */
function mintingOthers(minted: readonly Attempt[], ofRight: readonly Attempt[]): Map<string, MintsOther> {
  const taken = new Map<string, Set<string>>();
  for (const attempt of ofRight) {
    if (attempt.result !== 'accepted' || attempt.minter === null) continue;
    const key = typeKey(attempt);
    taken.set(key, (taken.get(key) ?? new Set()).add(attempt.minter));
  }
  // Replicas that disagree reject some tokens of every minter.
  for (const attempt of ofRight) if (attempt.result === 'rejected') taken.delete(typeKey(attempt));
  const ownTaken = new Set(
    minted.filter((a) => a.result === 'accepted').map((a) => JSON.stringify([typeKey(a), a.minter])),
  );
  const proved = new Map<string, { refused: Attempt[]; taken: string[] }>();
  for (const attempt of minted) {
    const whose = taken.get(typeKey(attempt));
    if (attempt.result !== 'rejected' || attempt.minter === null || whose === undefined) continue;
    if (ownTaken.has(JSON.stringify([typeKey(attempt), attempt.minter]))) continue;
    const entry = proved.get(attempt.minter) ?? { refused: [], taken: [] };
    entry.refused.push(attempt);
    entry.taken = [...new Set([...entry.taken, ...whose])];
    proved.set(attempt.minter, entry);
  }
  return proved;
}

const typeKey = ({ participant, probe, tokenType }: Attempt): string =>
  JSON.stringify([participant, probe, tokenType]);

function flipping(genuine: readonly Attempt[]): Set<string> {
  const results = new Map<string, { participant: string; seen: Set<string> }>();
  for (const attempt of genuine) {
    if (attempt.result === 'inconclusive') continue;
    const key = JSON.stringify([attempt.participant, attempt.probe, attempt.minter, attempt.tokenType]);
    const entry = results.get(key) ?? { participant: attempt.participant, seen: new Set() };
    entry.seen.add(attempt.result);
    results.set(key, entry);
  }
  return new Set([...results.values()].filter((e) => e.seen.size > 1).map((e) => e.participant));
}

/** Participants that rejected a valid token and then accepted one that was made in the same way. */
function changedTheirMind({ followUps }: Observations, refused: readonly Attempt[]): string[] {
  const refusing = new Set(refused.map(probeKey));
  return followUps
    .filter((t) => t.changed.what === 'nothing' && tokenOf(t) === 'genuine' && t.result === 'accepted')
    .filter((t) => refusing.has(probeKey(t)))
    .map((t) => t.participant);
}
