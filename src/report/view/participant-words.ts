import type { Instance, ReportParticipant } from '../../model.js';
import { sameFingerprint } from '../../secret/fingerprint.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import type { ParticipantStatus } from './participant-status.js';

/** Names and fingerprints in the words below. */
const nameColumns = 32;
const fingerprintColumns = 16;

/** Where its secret was read from: `env JWT_SECRET`, `google-secret-manager v7`, `http: timeout`. */
export function readFrom(participant: ReportParticipant): string {
  const { source, provenance, version, error, reachable } = participant;
  if (source === null) return 'probes only';
  if (!reachable) return error === null ? source : `${source}: ${error.code}`;
  const parts = [source];
  if (provenance !== null) parts.push(sanitizeAndTruncate(provenance, nameColumns));
  if (version !== null) parts.push(/^\d+$/.test(version) ? `v${version}` : `version ${version}`);
  return sanitizeAndTruncate(parts.join(' '), 60);
}

/** The share of each fingerprint in the answers: `3 of 5 answers show 200718bd (auth-a, auth-b)`. */
function answerShares(instances: readonly Instance[]): string[] {
  const groups: { fingerprint: string; samples: number; names: string[] }[] = [];
  let all = 0;
  for (const { instance, fingerprint, samples } of instances) {
    let group = groups.find((known) => sameFingerprint(known.fingerprint, fingerprint));
    if (group === undefined) {
      group = { fingerprint, samples: 0, names: [] };
      groups.push(group);
    }
    group.samples += samples;
    all += samples;
    if (instance !== null) group.names.push(sanitizeAndTruncate(instance, nameColumns));
  }
  return groups.map(({ fingerprint, samples, names }) => {
    const listed = names.length > 4 ? `${names.slice(0, 4).join(', ')}, …` : names.join(', ');
    const replicas = names.length === 0 ? '' : ` (${listed})`;
    return `${samples} of ${all} answers show ${sanitizeAndTruncate(fingerprint, fingerprintColumns)}${replicas}`;
  });
}

/** Facts that do not fit into the row of a table. */
export function participantNotes(point: ParticipantStatus, verbose: boolean): string[] {
  const { participant, state, isRefuted } = point;
  const { fingerprint, error, proof, instances } = participant;
  const others = participant.accepts.filter(
    (accepted) => fingerprint !== null && !sameFingerprint(accepted, fingerprint),
  );
  const notes: string[] = [];
  if (state === 'split' || (verbose && instances.length > 1)) notes.push(...answerShares(instances));
  if (others.length > 0) {
    const listed = others.slice(0, 4).map((other) => sanitizeAndTruncate(other, fingerprintColumns));
    notes.push(`accepts ${listed.join(', ')} too`);
  }
  if (proof !== null && (verbose || isRefuted)) notes.push(`proof of possession: ${proof}`);
  if (error !== null && (verbose || participant.reachable))
    notes.push(`${error.code}: ${sanitizeAndTruncate(error.message, 300)}`);
  return notes;
}
