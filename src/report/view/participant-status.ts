import type { FindingCode } from '../../finding-codes.js';
import type { Group, Report, ReportParticipant } from '../../model.js';
import { sameFingerprint } from '../../secret/fingerprint.js';
import { rotationPlaces } from './open-rotation.js';
import type { Status } from './status.js';

/**
 * How a participant's secret compares with the others. `skipped`: it was not read, and is optional. `group`: no group of
 * equal secrets is known to be right.
 */
export type ParticipantState =
  | 'reference'
  | 'same'
  | 'equivalent'
  | 'overlap'
  | 'other-hash'
  | 'proved'
  | 'agrees-by-tokens'
  | 'differs-by-tokens'
  | 'unknown-by-tokens'
  | BadSecret
  | 'differs'
  | 'split'
  | 'other-key'
  | RotationPlace
  | 'group'
  | 'partly-read'
  | 'unproved'
  | 'unread'
  | 'skipped'
  | 'unknown';

/** It holds one of the keys of an open rotation: as the state wants it, not yet, or contrary to it. */
type RotationPlace = 'rotating' | 'lagging' | 'deviating';

/** The secret is the right one, and must not be used nevertheless. */
type BadSecret = 'published' | 'exposed' | 'shared';

/** The status and the word of each state; bad ones are in upper case, so that they stand out without color too. */
const shown: Readonly<Record<ParticipantState, readonly [status: Status, word: string]>> = {
  reference: ['ok', 'reference'],
  same: ['ok', 'same'],
  equivalent: ['ok', 'equivalent'],
  overlap: ['ok', 'overlap'],
  'other-hash': ['ok', 'other hash'],
  proved: ['ok', 'proved'],
  'agrees-by-tokens': ['ok', 'by tokens'],
  'differs-by-tokens': ['bad', 'by tokens'],
  'unknown-by-tokens': ['unknown', 'by tokens'],
  published: ['bad', 'PUBLISHED'],
  exposed: ['bad', 'EXPOSED'],
  shared: ['bad', 'SHARED'],
  differs: ['bad', 'DIFFERS'],
  split: ['bad', 'SPLIT'],
  'other-key': ['bad', 'OTHER KEY'],
  rotating: ['ok', 'rotating'],
  lagging: ['unknown', 'lagging'],
  deviating: ['bad', 'DEVIATES'],
  group: ['unknown', 'group'],
  'partly-read': ['unknown', 'partly'],
  unproved: ['unknown', 'unproved'],
  unread: ['unknown', 'unread'],
  skipped: ['unknown', 'skipped'],
  unknown: ['unknown', 'unknown'],
};

const byTokens = {
  true: 'agrees-by-tokens',
  false: 'differs-by-tokens',
  null: 'unknown-by-tokens',
} as const satisfies Record<string, ParticipantState>;

/** A participant's secret as the report shows it. */
export interface ParticipantStatus {
  readonly participant: ReportParticipant;
  readonly state: ParticipantState;
  readonly status: Status;
  /** The state in a word or two. */
  readonly word: string;
  /** It reports the right fingerprint, and failed to prove that it holds the secret. */
  readonly isRefuted: boolean;
}

/** What a sentence about many participants of one status says of them. */
export const statusVerbs: Readonly<Record<Status, string>> = {
  ok: 'agree',
  bad: 'differ',
  unknown: 'could not be determined',
};

/** Whether its answers showed more than one fingerprint. */
function isSplit(participant: ReportParticipant): boolean {
  // Whatever fingerprints the replicas report: each of them proved to hold the one right secret.
  if (participant.proof === 'verified') return false;
  const [first, ...rest] = participant.instances;
  return rest.some(
    (instance) => first !== undefined && !sameFingerprint(instance.fingerprint, first.fingerprint),
  );
}

/** Whether it shows another key than the reference, which the open rotation allows. */
function isRotating({ name, agrees, fingerprint, instances }: ReportParticipant, report: Report): boolean {
  const { rotation, reference } = report;
  if (rotation === undefined || agrees !== true || reference === null || name === reference.participant)
    return false;
  const right = reference.fingerprint;
  const shown = [...(fingerprint === null ? [] : [fingerprint]), ...instances.map((one) => one.fingerprint)];
  return right !== null && shown.some((one) => !sameFingerprint(one, right));
}

/** The letter of each group, for reports where no group is known to be right. */
function lettersOf(report: Report): ReadonlyMap<string, string> {
  const letters = new Map<string, string>();
  if (report.groups.length < 2) return letters;
  for (const [index, group] of report.groups.entries()) {
    const letter = index < 26 ? String.fromCharCode(65 + index) : `${index + 1}`;
    for (const name of group.participants) letters.set(name, letter);
  }
  return letters;
}

/** The participants that a finding of this code names. */
function namedBy(report: Report, code: FindingCode): ReadonlySet<string> {
  return new Set(
    report.findings.filter((finding) => finding.code === code).flatMap((finding) => finding.participants),
  );
}

const badSecrets: readonly (readonly [state: BadSecret, code: FindingCode])[] = [
  ['published', 'published-default'],
  ['exposed', 'secret-exposed'],
  ['shared', 'shared-across-environments'],
];

/** How each participant's secret compares with the others, in the report's order. */
export function participantStatuses(report: Report): ParticipantStatus[] {
  const letters = lettersOf(report);
  const overlapping = namedBy(report, 'rotation-overlap');
  const equivalent = namedBy(report, 'equivalent-secret');
  const misreported = namedBy(report, 'fingerprint-misreported');
  const hashed = new Set(
    report.findings
      .filter(({ code, evidence }) => code === 'fingerprint-misreported' && 'hash' in evidence)
      .flatMap(({ participants }) => participants),
  );
  const refuted = namedBy(report, 'proof-failed');
  const disagreeing = namedBy(report, 'replicas-disagree');
  const signingOtherwise = namedBy(report, 'fingerprint-not-in-use');
  const places = rotationPlaces(report);
  const bad = badSecrets.map(([state, code]) => ({ state, names: namedBy(report, code) }));
  // Different bytes that are the same HMAC key are the same secret.
  const isOneKey = (name: string): boolean => equivalent.has(name) && !disagreeing.has(name);

  const comparedState = (participant: ReportParticipant): ParticipantState => {
    const { name, agrees } = participant;
    const place = places.get(name);
    if (place !== undefined) return place;
    if (isRotating(participant, report)) return 'rotating';
    if (isSplit(participant) && !isOneKey(name)) return 'split';
    if (disagreeing.has(name) && agrees === false) return 'split';
    if (participant.source === null) return byTokens[`${agrees}`];
    // Its token was verified, and none of the known keys signed it.
    if (participant.fingerprint === null && agrees === false) return 'differs';
    if (!participant.reachable || participant.fingerprint === null)
      return participant.required ? 'unread' : 'skipped';
    if (name === report.reference?.participant) return 'reference';
    if (overlapping.has(name)) return 'overlap';
    if (equivalent.has(name)) return 'equivalent';
    if (misreported.has(name)) return hashed.has(name) ? 'other-hash' : 'proved';
    if (agrees === true) return 'same';
    if (agrees === false) return signingOtherwise.has(name) ? 'other-key' : 'differs';
    if (participant.error?.code === 'no-proof') return 'unproved';
    if (letters.has(name)) return 'group';
    return participant.error === null ? 'unknown' : 'partly-read';
  };

  const stateOf = (participant: ReportParticipant): ParticipantState => {
    const state = comparedState(participant);
    const isRight = shown[state][0] === 'ok' && participant.fingerprint !== null;
    const named = isRight ? bad.find(({ names }) => names.has(participant.name)) : undefined;
    return named?.state ?? state;
  };

  return report.participants.map((participant) => {
    const state = stateOf(participant);
    const [status, word] = shown[state];
    const letter = state === 'group' ? ` ${letters.get(participant.name)}` : '';
    const isRefuted = refuted.has(participant.name);
    return { participant, state, status, word: `${word}${letter}`, isRefuted };
  });
}

/** Participants that share a secret, and how it compares with the others. */
export interface GroupStatus extends Group {
  readonly status: Status;
}

/** The worst status of each group's members, in the report's order. */
export function groupStatuses(report: Report, participants: readonly ParticipantStatus[]): GroupStatus[] {
  const statuses = new Map(participants.map(({ participant, status }) => [participant.name, status]));
  return report.groups.map((group) => {
    const members = new Set(group.participants.map((name) => statuses.get(name)));
    return { ...group, status: members.has('bad') ? 'bad' : members.has('unknown') ? 'unknown' : 'ok' };
  });
}
