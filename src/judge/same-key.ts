import type { Fingerprint, Observations } from '../model.js';
import { sameFingerprint, shortestFingerprint } from '../secret/fingerprint.js';

/** Whether two fingerprints are those of the same HMAC key. */
export type SameKey = (a: Fingerprint, b: Fingerprint) => boolean;

/** The same bytes, perhaps with another hash, or different bytes that a candidate proves to be the same HMAC key (RFC 2104 §2). */
export function sameKeyOf(observations: Observations): SameKey {
  const pairs = [...equivalents(observations), ...rotating(observations)];
  if (pairs.length === 0) return sameFingerprint;
  return (a, b) =>
    sameFingerprint(a, b) ||
    pairs.some(
      ([one, other]) =>
        (sameFingerprint(a, one) && sameFingerprint(b, other)) ||
        (sameFingerprint(a, other) && sameFingerprint(b, one)),
    );
}

/**
 * The two keys of an open rotation. Who has which of them, and whether the state wants that, is judged apart
 * (`rotation/`): neither is wrong by itself.
 */
export function rotating({ rotation }: Observations): [Fingerprint, Fingerprint][] {
  const [one, other] = rotation?.keys ?? [];
  if (rotation?.reference == null || one === undefined || other === undefined) return [];
  return [[one.fingerprint, other.fingerprint]];
}

/** Only those that a participant reports: for most secrets, none. */
function equivalents({ candidates, participants }: Observations): [Fingerprint, Fingerprint][] {
  const equivalent = candidates.filter(
    ({ code }) => code === 'equivalent-secret' || code === 'fingerprint-misreported',
  );
  if (equivalent.length === 0) return [];
  const shown = new Map<string, Fingerprint>();
  const beginnings = new Set<string>();
  for (const { name, reading } of participants) {
    if (reading === null) continue;
    shown.set(name, reading.fingerprint);
    for (const { fingerprint } of [reading, ...reading.instances])
      beginnings.add(fingerprint.slice(0, shortestFingerprint));
  }
  return equivalent.flatMap((form): [Fingerprint, Fingerprint][] => {
    const holder = shown.get(form.of ?? '');
    if (holder === undefined || !beginnings.has(form.fingerprint.slice(0, shortestFingerprint))) return [];
    return [[holder, form.fingerprint]];
  });
}
