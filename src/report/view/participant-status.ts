import type { FindingCode } from '../../finding-codes.js';
import type { Report, ReportParticipant } from '../../model.js';
import { sameFingerprint } from '../../secret/fingerprint.js';

/** How something is shown: as it should be, not as it should be, or unknown. */
export type Status = 'ok' | 'bad' | 'unknown';

/** A participant's secret as the report shows it. */
export interface ParticipantStatus {
  readonly participant: ReportParticipant;
  readonly status: Status;
  /** One word for it; capitals where it is wrong, so that it is seen without colour too. */
  readonly word: string;
  /** It shows the right fingerprint, and does not hold the secret. */
  readonly disproved: boolean;
}

/** Whether its answers showed more than one fingerprint. */
export function isSplit(participant: ReportParticipant): boolean {
  // Whatever they show: each of them proved to hold the one right secret.
  if (participant.proof === 'verified') return false;
  const [first, ...rest] = participant.instances;
  return rest.some(
    (instance) => first !== undefined && !sameFingerprint(instance.fingerprint, first.fingerprint),
  );
}

/** The letter of each group, for reports where no group is known to be right. */
function lettersOf(report: Report): ReadonlyMap<string, string> {
  const letters = new Map<string, string>();
  if (report.groups.length < 2) return letters;
  for (const [index, group] of report.groups.entries()) {
    const letter = index < 26 ? String.fromCharCode(65 + index) : `${index + 1}`;
    for (const name of group.participants) letters.set(name, `group ${letter}`);
  }
  return letters;
}

/** Whom a finding of this code names. */
function namedBy(report: Report, code: FindingCode): ReadonlySet<string> {
  return new Set(
    report.findings.filter((finding) => finding.code === code).flatMap((finding) => finding.participants),
  );
}

/** Findings about a secret that is the right one, and must not be used all the same; what a row says of its holders. */
const badSecrets: readonly (readonly [code: FindingCode, word: string])[] = [
  ['published-default', 'PUBLISHED'],
  ['secret-exposed', 'EXPOSED'],
  ['shared-across-environments', 'SHARED'],
];

const byTokens = { true: 'ok', false: 'bad', null: 'unknown' } as const;

/** How each participant's secret stands to the others, in the report's order. */
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
  const disproved = namedBy(report, 'proof-failed');
  const disagreeing = namedBy(report, 'replicas-disagree');
  const signingOtherwise = namedBy(report, 'fingerprint-not-in-use');
  // Other bytes that are the same HMAC key are no other secret.
  const oneKey = (name: string): boolean => equivalent.has(name) && !disagreeing.has(name);

  const statusOf = (participant: ReportParticipant): Pick<ParticipantStatus, 'status' | 'word'> => {
    const { name, agrees } = participant;
    if (isSplit(participant) && !oneKey(name)) return { status: 'bad', word: 'SPLIT' };
    if (disagreeing.has(name) && agrees === false) return { status: 'bad', word: 'SPLIT' };
    if (participant.source === null) return { status: byTokens[`${agrees}`], word: 'by tokens' };
    // Its token was verified, and none of the known keys signed it.
    if (participant.fingerprint === null && agrees === false) return { status: 'bad', word: 'DIFFERS' };
    if (!participant.reachable || participant.fingerprint === null)
      return { status: 'unknown', word: participant.required ? 'unread' : 'skipped' };
    if (name === report.reference?.participant) return { status: 'ok', word: 'reference' };
    if (overlapping.has(name)) return { status: 'ok', word: 'overlap' };
    if (equivalent.has(name)) return { status: 'ok', word: 'equivalent' };
    if (misreported.has(name)) return { status: 'ok', word: hashed.has(name) ? 'other hash' : 'proved' };
    if (agrees === true) return { status: 'ok', word: 'same' };
    if (agrees === false)
      return { status: 'bad', word: signingOtherwise.has(name) ? 'OTHER KEY' : 'DIFFERS' };
    if (participant.error?.code === 'no-proof') return { status: 'unknown', word: 'unproved' };
    return { status: 'unknown', word: letters.get(name) ?? (participant.error ? 'partly' : 'unknown') };
  };

  const bad = badSecrets.map(([code, word]) => ({ word, names: namedBy(report, code) }));
  const standOrBad = (participant: ReportParticipant): Pick<ParticipantStatus, 'status' | 'word'> => {
    const stands = statusOf(participant);
    const holds = stands.status === 'ok' && participant.fingerprint !== null;
    const named = holds ? bad.find(({ names }) => names.has(participant.name)) : undefined;
    return named === undefined ? stands : { status: 'bad', word: named.word };
  };

  return report.participants.map((participant) => ({
    participant,
    ...standOrBad(participant),
    disproved: disproved.has(participant.name),
  }));
}
