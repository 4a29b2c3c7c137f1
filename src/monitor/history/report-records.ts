import type { Finding, Fingerprint, Report, ReportParticipant } from '../../model.js';
import { sameFingerprint, shortestFingerprint } from '../../secret/fingerprint.js';
import type { CheckRecord, HistoryRecord, KeysRecord, ParticipantRecord } from './record.js';
import { rotationRecordOf } from './rotation-log.js';

/** All records of a report. The check comes last, so that what it saw counts for the rotation and the keys that it saw. */
export function recordsOf(report: Report): HistoryRecord[] {
  const rotation = rotationRecordOf(report);
  return [...(rotation === null ? [] : [rotation]), keysRecordOf(report), checkRecordOf(report)];
}

/** What the history keeps of a report. Pure. */
export function checkRecordOf(report: Report): CheckRecord {
  const answers = answersOf(report);
  return {
    type: 'check',
    at: report.startedAt,
    environment: report.environment,
    verdict: report.verdict,
    level: report.level,
    durationMs: report.durationMs,
    codes: [...new Set(report.findings.map(({ code }) => code))],
    impact: { currency: report.impact.currency, mrrAtRisk: report.impact.mrrAtRisk },
    participants: report.participants.map(({ name, reachable, agrees }) => ({
      name,
      up: reachable,
      agrees,
      ...(answers.get(name) ?? { accepted: 0, shown: 0, latenciesMs: [] }),
    })),
  };
}

/** A check that gave no report. Nothing is known of any participant, and nothing is known to be at risk. Pure. */
export function failedCheckRecord(failed: {
  readonly environment: string;
  /** When it started. */
  readonly at: Date;
  readonly durationMs: number;
  readonly currency: string;
}): CheckRecord {
  return {
    type: 'check',
    at: failed.at.toISOString(),
    environment: failed.environment,
    verdict: null,
    level: 'WARNING',
    durationMs: failed.durationMs,
    codes: [],
    impact: { currency: failed.currency, mrrAtRisk: 0 },
    participants: [],
  };
}

type Answers = Pick<ParticipantRecord, 'accepted' | 'shown' | 'latenciesMs'>;

/**
 * The answers to valid tokens, by the participant that they were presented to. A token of a participant that differs
 * says nothing about a service that rejects it, and no answer is no rejection: both are left out.
 */
function answersOf(report: Report): ReadonlyMap<string, Answers> {
  const right = new Set(report.participants.filter(({ agrees }) => agrees === true).map(({ name }) => name));
  if (report.reference !== null) right.add(report.reference.participant);
  const answers = new Map<string, { accepted: number; shown: number; latenciesMs: number[] }>();
  for (const { participant, minter, token, result, latencyMs } of report.attempts) {
    if (token !== 'genuine' || result === 'inconclusive' || minter === null || !right.has(minter)) continue;
    let own = answers.get(participant);
    if (own === undefined) {
      own = { accepted: 0, shown: 0, latenciesMs: [] };
      answers.set(participant, own);
    }
    own.shown += 1;
    if (result === 'accepted') own.accepted += 1;
    own.latenciesMs.push(latencyMs);
  }
  return answers;
}

/** Longer texts are no version of a secret store. */
const longestVersion = 63;

/** Findings that name the version that a participant holds. */
const versionCodes: ReadonlySet<Finding['code']> = new Set(['stale-secret-version', 'ahead-of-reference']);

interface MutableKey {
  readonly fingerprint: Fingerprint;
  version: string | null;
  createdAt: string | null;
  readonly participants: string[];
}

/** Which participant holds which key, by a report. Pure. */
export function keysRecordOf(report: Report): KeysRecord {
  const keys = new Map<string, MutableKey>();
  const unread: string[] = [];
  const keyOf = (fingerprint: Fingerprint): MutableKey => {
    const id = keyId(fingerprint);
    const key = keys.get(id) ?? { fingerprint, version: null, createdAt: null, participants: [] };
    keys.set(id, key);
    return key;
  };
  const right = report.reference?.fingerprint ?? null;
  if (right !== null) keyOf(right).version = versionIn(report.reference?.version);
  const facts = factsOf(report.findings);
  for (const participant of report.participants) {
    const isReference = right !== null && participant.name === report.reference?.participant;
    const held = isReference ? right : heldKey(participant, right);
    if (held === null) {
      unread.push(participant.name);
      continue;
    }
    const key = keyOf(held);
    key.participants.push(participant.name);
    const found = facts.holders.get(participant.name);
    // What services claim is no proof: it counts only where no reference says better.
    const claimed = report.reference === null ? versionIn(participant.version) : null;
    key.version ??= found?.version ?? claimed;
    key.createdAt ??= found?.createdAt ?? null;
  }
  const reference = right === null ? undefined : keys.get(keyId(right));
  if (reference !== undefined && reference.version === facts.current.version)
    reference.createdAt ??= facts.current.createdAt;
  return {
    type: 'keys',
    at: report.startedAt,
    environment: report.environment,
    reference: report.reference?.participant ?? null,
    complete: true,
    keys: [...keys.values()].filter(({ participants }) => participants.length > 0),
    unread,
  };
}

/** The identity of a key: fingerprints of different lengths have this in common. */
export const keyId = (fingerprint: Fingerprint): string => fingerprint.slice(0, shortestFingerprint);

/**
 * The key that a participant holds. With agreement it is that of the reference, whatever the participant shows: other
 * bytes of the same HMAC key, or the signing key of a rotation whose new key it accepts already. Where it shows the
 * reference's fingerprint without agreement, some replicas hold another key: it counts once all of them agree.
 */
function heldKey({ fingerprint, agrees }: ReportParticipant, right: Fingerprint | null): Fingerprint | null {
  if (right === null) return fingerprint;
  if (agrees === true) return right;
  return fingerprint === null || sameFingerprint(fingerprint, right) ? null : fingerprint;
}

const versionIn = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' && value.length <= longestVersion ? value : null;

const instantIn = (value: unknown): string | null => {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
};

interface VersionFacts {
  readonly version: string | null;
  readonly createdAt: string | null;
}

/** What findings say of versions: by participant, and of the version of the reference. */
function factsOf(findings: readonly Finding[]) {
  const holders = new Map<string, VersionFacts>();
  let current: VersionFacts = { version: null, createdAt: null };
  for (const { code, participants, evidence } of findings) {
    if (!versionCodes.has(code)) continue;
    const version = versionIn(evidence.version);
    for (const name of participants) holders.set(name, { version, createdAt: instantIn(evidence.createdAt) });
    const following = String(Number(version) + 1);
    // An older version is out of date from the moment on at which the next one was created.
    if (code === 'stale-secret-version' && evidence.current === following)
      current = { version: following, createdAt: instantIn(evidence.staleSince) };
  }
  return { holders, current };
}
