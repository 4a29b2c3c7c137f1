import type { CrossCheck, Exposure, Fingerprint, Observation, Observations, ReadError } from '../model.js';
import { distinctBySecret, firstDigits, fullFingerprintOf, sameFingerprint } from '../secret/fingerprint.js';
import { gramLength } from '../secret/gram-index.js';
import { Secret } from '../secret/secret.js';
import type { UnusableValue } from './sources/source.js';

/** A secret that was read, with its participant; `null` for older versions and other environments. */
export interface Known {
  readonly of: string | null;
  readonly secret: Secret;
}

/**
 * Removes secrets from fingerprints and names before anything is compared, computed or printed. An endpoint that
 * reports the first digits of a hex secret seems to report a fingerprint.
 */
export function withoutExposed(
  observations: Observations,
  known: readonly Known[],
  unusable: ReadonlyMap<string, readonly UnusableValue[]>,
): Observations {
  const distinct = distinctBySecret(known);
  const secretIn = finder(distinct);
  const hides = textsIn(distinct);
  return {
    ...observations,
    participants: observations.participants.map((p) =>
      participantWithout(p, secretIn, hides, unusable.get(p.name) ?? []),
    ),
    crossChecks: observations.crossChecks.map((other) => crossCheckWithout(other, secretIn)),
  };
}

type SecretIn = (fingerprint: Fingerprint) => Known | null;
type Hides = (text: string | Secret | null) => Known | null;

/** Finds the secret that a fingerprint shows a part of, unless the fingerprint is also the right one. */
function finder(known: readonly Known[]): SecretIn {
  const begunBy = Secret.beginnings(known.map(({ secret }) => secret));
  const partOf = Secret.finder(known.map(({ secret }) => secret).filter(isLong(shortestInDigits)));
  const right = new Map<string, Fingerprint[]>();
  for (const { secret } of known) {
    const fingerprint = fullFingerprintOf(secret);
    const key = firstDigits(fingerprint);
    right.set(key, [...(right.get(key) ?? []), fingerprint]);
  }
  // Eight digits of a longer fingerprint may be those of a secret by chance: its beginning and its end are compared.
  const ends = (digits: string): string[] => [digits.slice(0, gramLength), digits.slice(-gramLength)];
  return (fingerprint) => {
    const [first = null, last = null] = ends(fingerprint).map(partOf);
    const secret = begunBy(fingerprint) ?? (first === last ? first : null);
    if (secret === null) return null;
    const alike = right.get(firstDigits(fingerprint)) ?? [];
    if (alike.some((one) => sameFingerprint(one, fingerprint))) return null;
    return known.find((one) => one.secret === secret) ?? null;
  };
}

/** Shorter secrets may be part of any fingerprint. */
const shortestInDigits = 8;

/** Shorter secrets may be common words. */
const shortestInName = 16;

const isLong =
  (shortest: number) =>
  ({ byteLength }: Secret): boolean =>
    byteLength >= shortest;

/** Finds the secret that a name or an unusable value contains, in full or in part. */
function textsIn(known: readonly Known[]): Hides {
  const partOf = Secret.finder(known.map(({ secret }) => secret).filter(isLong(shortestInName)));
  return (text) => {
    if (text === null) return null;
    const isAll = ({ secret }: Known): boolean =>
      text instanceof Secret && secret.byteLength > 0 && secret.equals(text);
    const found = partOf(text);
    return known.find((one) => isAll(one) || one.secret === found) ?? null;
  };
}

function participantWithout(
  participant: Observation,
  secretIn: SecretIn,
  hides: Hides,
  unusable: readonly UnusableValue[],
): Observation {
  const { reading } = participant;
  const found = (where: Exposure['where'], one: Known | null): Exposure[] =>
    one === null ? [] : [{ of: one.of, where }];
  const inUnusable = unusable.flatMap(({ where, value }) => found(where, hides(value)));
  if (reading === null) {
    const exposes = distinctExposures([...(participant.exposes ?? []), ...inUnusable]);
    return exposes.length === 0 ? participant : { ...participant, exposes };
  }
  if (reading.keyBytes !== null) return participant;
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
    ...inUnusable,
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
  message: `${where ?? 'it'}: reports a part of a secret instead of its fingerprint`,
  hint: 'Make it report the first hex digits of SHA-256 over the secret, and replace the secret: every caller could read it.',
});
