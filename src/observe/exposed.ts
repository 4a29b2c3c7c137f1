import type { CrossCheck, Exposure, Fingerprint, Observation, Observations, ReadError } from '../model.js';
import { distinctBySecret, firstDigits, fullFingerprintOf, sameFingerprint } from '../secret/fingerprint.js';
import { Secret } from '../secret/secret.js';

/** A secret that was read, with its participant; `null` for older versions and other environments. */
export interface Known {
  readonly of: string | null;
  readonly secret: Secret;
}

/**
 * Removes secrets from fingerprints and names before anything is compared, computed or printed. An endpoint that
 * reports the first digits of a hex secret seems to report a fingerprint.
 */
export function withoutExposed(observations: Observations, known: readonly Known[]): Observations {
  const distinct = distinctBySecret(known);
  const secretIn = finder(distinct);
  const hides = namesIn(distinct);
  return {
    ...observations,
    participants: observations.participants.map((p) => participantWithout(p, secretIn, hides)),
    crossChecks: observations.crossChecks.map((other) => crossCheckWithout(other, secretIn)),
  };
}

type SecretIn = (fingerprint: Fingerprint) => Known | null;
type Hides = (text: string | null) => Known | null;

/** Finds the secret that starts with the digits of a fingerprint, unless the fingerprint is also the right one. */
function finder(known: readonly Known[]): SecretIn {
  const begunBy = Secret.beginnings(known.map(({ secret }) => secret));
  const right = new Map<string, Fingerprint[]>();
  for (const { secret } of known) {
    const fingerprint = fullFingerprintOf(secret);
    const key = firstDigits(fingerprint);
    right.set(key, [...(right.get(key) ?? []), fingerprint]);
  }
  return (fingerprint) => {
    const secret = begunBy(fingerprint);
    if (secret === null) return null;
    const alike = right.get(firstDigits(fingerprint)) ?? [];
    if (alike.some((one) => sameFingerprint(one, fingerprint))) return null;
    return known.find((one) => one.secret === secret) ?? null;
  };
}

/** Shorter secrets may be common words. */
const shortestInName = 16;

/** Finds the secret that a name contains, in full or in part. */
function namesIn(known: readonly Known[]): Hides {
  const long = known.filter(({ secret }) => secret.byteLength >= shortestInName);
  const hide = Secret.hider(long.map(({ secret }) => secret));
  return (text) => {
    if (text === null || hide([text])[0] === text) return null;
    return long.find(({ secret }) => Secret.hider([secret])([text])[0] !== text) ?? null;
  };
}

function participantWithout(participant: Observation, secretIn: SecretIn, hides: Hides): Observation {
  const { reading } = participant;
  if (reading === null || reading.keyBytes !== null) return participant;
  const found = (where: Exposure['where'], one: Known | null): Exposure[] =>
    one === null ? [] : [{ of: one.of, where }];
  const shown = [
    reading.fingerprint,
    ...reading.instances.map((one) => one.fingerprint),
    ...(reading.proofs ?? []).map((one) => one.fingerprint),
  ];
  const inFingerprint = shown.flatMap((one) => found('fingerprint', secretIn(one)));
  const inAccepts = reading.accepts.flatMap((one) => found('accepts', secretIn(one)));
  const inNames = [
    ...reading.instances.flatMap((one) => found('instance', hides(one.instance))),
    ...found('version', hides(reading.version)),
  ];
  const exposes = distinctExposures([
    ...(participant.exposes ?? []),
    ...inFingerprint,
    ...(inFingerprint.length > 0 ? [] : inAccepts),
    ...inNames,
  ]);
  if (exposes.length === (participant.exposes?.length ?? 0)) return participant;
  if (inFingerprint.length > 0) {
    return { ...participant, reading: null, error: noFingerprint(participant.target), exposes };
  }
  const accepts = reading.accepts.filter((one) => secretIn(one) === null);
  return { ...participant, reading: { ...reading, accepts }, exposes };
}

function distinctExposures(exposures: readonly Exposure[]): Exposure[] {
  return [...new Map(exposures.map((one) => [JSON.stringify([one.of, one.where]), one])).values()];
}

function crossCheckWithout(other: CrossCheck, secretIn: SecretIn): CrossCheck {
  if (other.fingerprints.every((one) => secretIn(one) === null)) return other;
  return { ...other, fingerprints: [], error: other.error ?? noFingerprint(other.reference) };
}

const noFingerprint = (where: string | null): ReadError => ({
  code: 'invalid-response',
  message: `${where ?? 'it'}: reports the first digits of a secret instead of its fingerprint`,
  hint: 'Make it report the first hex digits of SHA-256 over the secret, and replace the secret: every caller could read it.',
});
