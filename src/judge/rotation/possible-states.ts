import {
  type ObservedRotation,
  type OpenRotation,
  type ReportRotationParticipant,
  type RotationLack,
  severities,
} from '../../model.js';
import { type Deviation, deviationsIn, neededIn, type RotationFacts } from '../../rotation/deviations.js';
import type { Instant, KeyUse, RotationParticipant } from '../../rotation/key-use.js';

/** The rotation as it would be in each of its other possible states, had it just entered it. */
function otherRecords({ record, otherStates = [] }: ObservedRotation, now: Instant): RotationFacts[] {
  const at = new Date(now).toISOString();
  return otherStates.map((state) => ({
    ...record,
    state,
    times: { ...record.times, [state === 'idle' ? 'rolledBack' : state]: at },
  }));
}

/**
 * The deviations that are there in every state in which the rotation may be, each as severe as in the most lenient one.
 */
export function certainDeviations(
  found: readonly Deviation[],
  rotation: ObservedRotation,
  use: KeyUse,
  now: Instant,
): Deviation[] {
  const others = otherRecords(rotation, now).map((record) => deviationsIn(record, use, now));
  return found.flatMap((one) => {
    const same = others.map((deviations) => deviations.find((other) => isSame(one, other)));
    if (same.includes(undefined)) return [];
    const found = [one, ...same].flatMap((each) => each?.severity ?? []);
    const severity = severities.find((each) => found.includes(each)) ?? one.severity;
    return [{ ...one, severity }];
  });
}

const isSame = (one: Deviation, other: Deviation): boolean =>
  one.code === other.code &&
  one.key === other.key &&
  one.participants.join('\n') === other.participants.join('\n');

/** The participants, each with what it lacks in every possible state. */
export function participantsIn(rotation: ObservedRotation, use: KeyUse): ReportRotationParticipant[] {
  const { record, otherStates = [] } = rotation;
  // Outside of a rotation, nothing is asked.
  const others = otherStates.map((state) =>
    state === 'idle' || state === 'finished' ? [] : rotationParticipants({ ...record, state }, use),
  );
  return rotationParticipants(record, use).map((one) => ({
    ...one,
    lacks: one.lacks.filter((lack) =>
      others.every((participants) =>
        participants
          .find(({ name }) => name === one.name)
          ?.lacks.some(({ must, version }) => must === lack.must && version === lack.version),
      ),
    ),
  }));
}

/** What each issuer and verifier does with the two keys, and what the state wants of it that is not proved. */
function rotationParticipants(record: OpenRotation, use: KeyUse): ReportRotationParticipant[] {
  return use.participants
    .filter(({ isIssuer, isVerifier }) => isIssuer || isVerifier)
    .map((one) => participantOf(one, record, use));
}

/** What is known of one participant. */
interface Known {
  readonly signs: readonly (number | null)[];
  /** By tokens: each answer that counts. */
  readonly presented: KeyUse['presented'];
  /** By its own statement, one entry an answer. */
  readonly stated: readonly (readonly number[])[];
  /** The keys whose fingerprints it shows. */
  readonly shown: readonly (number | null)[];
  /** Versions whose key could not be read: no list can be searched for it. */
  readonly unread: readonly number[];
}

function participantOf(
  one: RotationParticipant,
  record: OpenRotation,
  use: KeyUse,
): ReportRotationParticipant {
  const isOfThis = ({ participant }: { readonly participant: string }): boolean => participant === one.name;
  const all = use.presented.filter(isOfThis);
  // A probe that accepts forged tokens accepts any key.
  const open = new Set(
    all.filter(({ key, outcome }) => key === 'forged' && outcome === 'accepted').map(({ probe }) => probe),
  );
  const signed = use.signed.filter(isOfThis);
  const known: Known = {
    signs: signed.map(({ key }) => key),
    presented: all.filter(({ key, probe }) => key !== 'forged' && !open.has(probe)),
    stated: use.stated.filter(isOfThis).map(({ accepts }) => accepts),
    shown: [
      ...(use.shown ?? []).filter(isOfThis),
      ...signed.filter(({ proof }) => proof === 'fingerprint'),
    ].map(({ key }) => key),
    unread: use.unread ?? [],
  };
  const versions = [record.from, record.to];
  return {
    name: one.name,
    signs: one.isIssuer ? versions.filter((version) => known.signs.includes(version)) : [],
    accepts: versions.filter((version) => isAccepted(version, known)),
    rejects: versions.filter((version) => probesWith(version, 'rejected', known).length > 0),
    lacks: [
      ...(one.isIssuer ? signLacks(record, known) : []),
      ...(one.isVerifier ? neededIn(record).flatMap((version) => acceptLacks(version, known)) : []),
      ...(one.isVerifier && record.state === 'revoked' ? rejectLacks(record.from, known) : []),
    ],
  };
}

function signLacks({ state, from, to }: OpenRotation, { signs, unread }: Known): RotationLack[] {
  const version = state === 'staged' ? from : to;
  if (signs.length > 0 && signs.every((key) => key === version)) return [];
  const isRefuted = signs.length > 0 && !(signs.every((key) => key === null) && unread.includes(version));
  return [{ must: 'sign', version, isRefuted, probes: [] }];
}

function acceptLacks(version: number, known: Known): RotationLack[] {
  const probes = probesWith(version, 'rejected', known);
  const isUnlisted =
    !known.unread.includes(version) && known.stated.some((accepts) => !accepts.includes(version));
  const isRefuted = probes.length > 0 || isUnlisted;
  if (!isRefuted && isAccepted(version, known)) return [];
  return [{ must: 'accept', version, isRefuted, probes }];
}

function rejectLacks(version: number, known: Known): RotationLack[] {
  const probes = probesWith(version, 'accepted', known);
  const isRefuted = probes.length > 0 || known.stated.some((accepts) => accepts.includes(version));
  if (!isRefuted && probesWith(version, 'rejected', known).length > 0) return [];
  return [{ must: 'reject', version, isRefuted, probes }];
}

const isAccepted = (version: number, known: Known): boolean =>
  probesWith(version, 'accepted', known).length > 0 ||
  known.stated.some((accepts) => accepts.includes(version)) ||
  known.shown.includes(version);

/** The probes that gave this answer to tokens of a version. An old token may be rejected for its age alone. */
const probesWith = (version: number, outcome: 'accepted' | 'rejected', { presented }: Known): string[] => [
  ...new Set(
    presented
      .filter((token) => token.key === version && token.outcome === outcome)
      .filter(({ isBackdated }) => outcome === 'accepted' || !isBackdated)
      .map(({ probe }) => probe),
  ),
];
