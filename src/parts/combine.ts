import type { Fingerprint, Instance, Observation, Reading } from '../model.js';
import { sameFingerprint } from '../secret/fingerprint.js';
import type { ListedParticipant } from './part.js';

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
 * answered in the other. An answer that is no good, such as one without a required proof, does.
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
