import { fingerprintsOf } from '../judge/participants.js';
import type {
  CrossCheck,
  Fingerprint,
  Instance,
  Observation,
  Observations,
  ReadError,
  Reading,
  RetiredKey,
} from '../model.js';
import { sameFingerprint } from '../secret/fingerprint.js';
import type { ListedParticipant, Part } from './part.js';
import { partName } from './part-name.js';

/** A participant that no part observed, and why. */
export function unread(
  { reach: _, isOnlyRead: __, ...configured }: ListedParticipant,
  why: string,
): Observation {
  return {
    ...configured,
    target: null,
    probes: [],
    reading: null,
    error: {
      code: 'not-observed',
      message: why,
      hint: 'Run the missing part of the check, and judge all parts again.',
    },
    latencyMs: null,
  };
}

/**
 * One participant that was observed from two networks. A failure in one of them says nothing about the participant, if it
 * answered in the other. An invalid answer, such as one without a required proof, does.
 */
export function combined(one: Observation, other: Observation): Observation {
  const reading =
    one.reading === null || other.reading === null
      ? (one.reading ?? other.reading)
      : combinedReading(one.reading, other.reading);
  const isAnswered = [one, other].some((seen) => seen.reading !== null && seen.error === null);
  const wrong = [one, other].find((seen) => seen.reading !== null && seen.error !== null);
  const { mintError: _, ...rest } = one;
  const mintError = one.mintError === undefined || other.mintError === undefined ? undefined : one.mintError;
  const exposes = [...(one.exposes ?? []), ...(other.exposes ?? [])];
  return {
    ...rest,
    reading,
    error: wrong?.error ?? (isAnswered ? null : (one.error ?? other.error)),
    latencyMs: one.latencyMs ?? other.latencyMs,
    ...(mintError === undefined ? {} : { mintError }),
    ...(exposes.length === 0 ? {} : { exposes }),
  };
}

function combinedReading(one: Reading, other: Reading): Reading {
  const instances = new Map<string, Instance>();
  for (const each of [...one.instances, ...other.instances]) {
    const key = JSON.stringify([each.instance, each.fingerprint]);
    const before = instances.get(key);
    instances.set(key, { ...each, samples: each.samples + (before?.samples ?? 0) });
  }
  const proofs = [...(one.proofs ?? []), ...(other.proofs ?? [])];
  const isAccepted = (key: Fingerprint): boolean => other.accepts.some((own) => sameFingerprint(key, own));
  return {
    ...one,
    accepts: one.accepts.filter(isAccepted),
    version: one.version === other.version ? one.version : null,
    instances: [...instances.values()],
    ...(proofs.length === 0 ? {} : { proofs }),
  };
}

/** The reference as one part observed it. */
interface ReferenceSeen {
  readonly seen: Observation;
  /** `in part 1 of 3`. */
  readonly where: string;
}

/**
 * The reference, which every part reads. If the parts read different secrets, it is unknown which one is right.
 * @param own as the part saw it that observes it as a whole; `null` without one
 * @returns `null` if no part read it
 */
export function mergedReference(
  own: Observation | null,
  everywhere: readonly ReferenceSeen[],
): Observation | null {
  const read = everywhere.filter(({ seen }) => seen.reading !== null);
  const [first] = read;
  const best = own?.reading == null ? (first?.seen ?? own ?? everywhere[0]?.seen ?? null) : own;
  if (best === null) return null;
  // Its probes are known to the part that observes it.
  const merged: Observation = own === null ? best : { ...best, probes: own.probes, role: own.role };
  const other = read.find(({ seen }) => !shareKey(seen, merged));
  if (other === undefined) return merged;
  const mine = read.find(({ seen }) => shareKey(seen, merged));
  const shown = [mine, other].flatMap((one) =>
    one === undefined ? [] : [`${one.seen.reading?.fingerprint} ${one.where}`],
  );
  return {
    ...merged,
    reading: null,
    error: {
      code: 'invalid-response',
      message: `different secrets were read: ${shown.join(', ')}`,
      hint: 'Run all parts again. If the secrets still differ, the parts do not read the reference from the same place.',
    },
  };
}

const shareKey = (one: Observation, other: Observation): boolean =>
  fingerprintsOf(one).some((shown) => fingerprintsOf(other).some((own) => sameFingerprint(shown, own)));

/** References of other environments: one part that could read it is enough. */
export function mergedCrossChecks(parts: readonly Part[]): CrossCheck[] {
  const merged = new Map<string, CrossCheck>();
  for (const one of parts.flatMap(({ crossChecks }) => crossChecks)) {
    const before = merged.get(one.environment);
    const isRead = one.error === null || before?.error === null;
    merged.set(one.environment, {
      ...one,
      fingerprints: [...new Set([...(before?.fingerprints ?? []), ...one.fingerprints])],
      error: isRead ? null : (before?.error ?? one.error),
    });
  }
  return [...merged.values()];
}

const hasVerifier = ({ observed, participants }: Part): boolean => {
  const own = new Set(observed);
  return participants.some(({ name, probes }) => own.has(name) && probes.length > 0);
};

/** The retired key. A part that could not read it presented no token of it: that counts if the part has any verifier. */
export function mergedRetiredKey(parts: readonly Part[]): RetiredKey | undefined {
  const read = parts.flatMap(({ retiredKey }) => retiredKey ?? []);
  const [first] = read;
  if (first === undefined) return undefined;
  const found = read.find(({ fingerprint }) => fingerprint !== null) ?? first;
  const without = parts.find((part) => part.retiredKey === undefined && hasVerifier(part));
  const unread: ReadError | null =
    without === undefined
      ? null
      : { code: 'not-observed', message: `${partName(without.part)} could not read the reference` };
  return { ...found, error: read.find((one) => one.error !== null)?.error ?? unread };
}

/**
 * The rotation of the reference's secret. Every part reads its record, and the last reading counts. It may be in every state
 * that any part found possible.
 */
export function mergedRotation(
  parts: readonly Part[],
): Pick<Observations, 'rotation' | 'unreadableRotation' | 'lastRotation'> {
  const byTime = [...parts].sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt));
  const read = byTime.flatMap(({ rotation }) => rotation ?? []);
  const [rotation] = read;
  const unreadableRotation = byTime.find((part) => part.unreadableRotation !== undefined)?.unreadableRotation;
  const lastRotation = byTime.find((part) => part.lastRotation !== undefined)?.lastRotation;
  if (rotation === undefined)
    return {
      ...(unreadableRotation === undefined ? {} : { unreadableRotation }),
      ...(lastRotation === undefined ? {} : { lastRotation }),
    };
  const keys = [...new Map(read.flatMap((one) => one.keys).map((key) => [key.version, key])).values()];
  const unread = read
    .flatMap((one) => one.unread)
    .filter(({ version }) => !keys.some((k) => k.version === version));
  const states = read
    .filter(({ record }) => record.id === rotation.record.id)
    .flatMap(({ record, otherStates = [] }) => [record.state, ...otherStates]);
  const otherStates = [...new Set(states)].filter((state) => state !== rotation.record.state);
  return {
    rotation: {
      ...rotation,
      // A part may have read the record, and not the key.
      reference: read.find((one) => one.reference !== null)?.reference ?? null,
      ...(otherStates.length === 0 ? {} : { otherStates }),
      keys,
      unread: [...new Map(unread.map((one) => [one.version, one])).values()],
      stated: parts.flatMap((part) => {
        const observed = new Set(part.observed);
        return (part.rotation?.stated ?? []).filter(({ participant }) => observed.has(participant));
      }),
    },
    ...(lastRotation === undefined ? {} : { lastRotation }),
  };
}
