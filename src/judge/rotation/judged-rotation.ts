import type { Attempt, Observations, ObservedRotation, ReportRotation, Severity } from '../../model.js';
import { type Deviation, deviationsIn } from '../../rotation/deviations.js';
import type { KeyUse } from '../../rotation/key-use.js';
import { enteredAt } from '../../rotation/rotation-record.js';
import { sameFingerprint } from '../../secret/fingerprint.js';
import { asRejection, keyUseOf } from './key-use-of.js';
import { certainDeviations, participantsIn } from './possible-states.js';
import { isOfRotation } from './separate.js';

/** An open rotation, and what it means for the comparison of the participants. */
export interface JudgedRotation {
  readonly report: ReportRotation;
  readonly observed: ObservedRotation;
  /** Everything that is not as the state wants it; each is a finding. */
  readonly deviations: readonly Deviation[];
  /** Participants that reject tokens of the reference because they still, or only, have the other key. */
  readonly explained: ReadonlySet<string>;
  /** Attempts with tokens of the old key, by participants that must reject them and do not. */
  readonly retired: readonly Attempt[];
  /** Tokens of the old key that users hold and services must accept, with answers that say neither. */
  readonly unclear: readonly Attempt[];
}

/** Judges an open rotation by all attempts, also those of the other key; `null` if none is open. */
export function judgeRotation(observations: Observations): JudgedRotation | null {
  const { rotation, startedAt } = observations;
  if (rotation === undefined) return null;
  const { record, reference } = rotation;
  const use = keyUseOf(observations, rotation);
  const now = startedAt.getTime();
  const { id, mode, state, from, to, times } = record;
  const report: ReportRotation = {
    id,
    mode,
    state,
    from,
    to,
    openedAt: new Date(times.opened).toISOString(),
    since: new Date(enteredAt(record)).toISOString(),
    participants: participantsIn(rotation, use),
  };
  const found = deviationsIn(record, use, now);
  // With a reference of another version, participants are compared with that one alone.
  const proved = found.filter((one) =>
    reference === null ? one.code === 'rotation-stalled' : isProved(one, use, observations, rotation),
  );
  const deviations = certainDeviations(proved, rotation, use, now);
  const explained = proved.filter((one) => one.code === 'rotation-lagging' && one.key === reference);
  return {
    report,
    observed: rotation,
    deviations,
    explained: new Set(explained.flatMap(({ participants }) => participants)),
    retired: retiredAttempts(observations, deviations),
    unclear: unclearAttempts(observations, rotation),
  };
}

function unclearAttempts(observations: Observations, rotation: ObservedRotation): Attempt[] {
  const { mode, state } = rotation.record;
  if (mode !== 'overlap' || state !== 'promoted') return [];
  return observations.attempts.filter(
    (attempt) =>
      attempt.token === 'genuine' &&
      isOfRotation(attempt, rotation) &&
      asRejection(attempt, observations).result === 'inconclusive',
  );
}

function retiredAttempts({ attempts, rotation }: Observations, deviations: readonly Deviation[]): Attempt[] {
  const accepting = new Set(
    deviations
      .filter(({ code }) => code === 'accepts-retired-key')
      .flatMap(({ participants }) => participants),
  );
  return attempts.filter(
    (attempt) =>
      attempt.token === 'retired' &&
      accepting.has(attempt.participant) &&
      rotation !== undefined &&
      isOfRotation(attempt, rotation),
  );
}

/**
 * Whether a lag is proved as such: a verifier that rejects tokens of both keys has another fault, for which there are
 * other rules.
 */
function isProved(
  { code, participants: [name = ''], key, probes, severity }: Deviation,
  use: KeyUse,
  { followUps, participants }: Observations,
  { record: { from, to, mode, state }, keys }: ObservedRotation,
): boolean {
  if (code !== 'rotation-lagging' || probes.length === 0) return true;
  const other = key === from ? to : from;
  const isOfThis = (one: { readonly participant: string }): boolean => one.participant === name;
  const acceptsOther = use.presented.some(
    (one) => isOfThis(one) && one.key === other && one.outcome === 'accepted' && probes.includes(one.probe),
  );
  const held = [
    ...use.signed.filter(({ proof }) => proof === 'fingerprint'),
    ...(use.shown ?? []),
    ...use.stated.flatMap(({ participant, accepts }) => accepts.map((one) => ({ participant, key: one }))),
  ].filter(isOfThis);
  const holdsOther = held.some((one) => one.key === other) && !held.some((one) => one.key === key);
  const otherKey = keys.find(({ version }) => version === other)?.fingerprint;
  const wasFound = followUps.some(
    ({ participant, changed, result, form }) =>
      participant === name &&
      changed.what === 'key' &&
      result === 'accepted' &&
      form !== null &&
      otherKey !== undefined &&
      sameFingerprint(form.fingerprint, otherKey),
  );
  // In a cutover and in an emergency there is no token that it would have to accept meanwhile.
  const isUnseen = participants.find((one) => one.name === name)?.reading === null;
  const isExpected = (mode !== 'overlap' || state === 'revoked') && severity === 'warning' && isUnseen;
  return acceptsOther || holdsOther || wasFound || isExpected;
}

/** Participants with a deviation that makes them inconsistent. */
export const deviatingIn = (rotation: JudgedRotation | null): Set<string> =>
  new Set(
    (rotation?.deviations ?? [])
      .filter(({ severity }) => isBad(severity))
      .flatMap(({ participants }) => participants),
  );

/**
 * Participants whose deviation harms requests, or lets tokens in that must not be. A service that has not taken the new
 * key over yet harms none before that is used; and with a leaked key, all services accept it at first.
 */
export const harmedBy = (rotation: JudgedRotation | null): Set<string> =>
  new Set(
    (rotation?.deviations ?? [])
      .filter(({ code, severity, key, probes }) => {
        if (!isBad(severity) || rotation === null) return false;
        const { state, mode, to } = rotation.report;
        if (code === 'rotation-lagging') return probes.length > 0 && !(state === 'staged' && key === to);
        return code === 'accepts-retired-key' ? mode !== 'emergency' : true;
      })
      .flatMap(({ participants }) => participants),
  );

const isBad = (severity: Severity): boolean => severity === 'error' || severity === 'critical';
