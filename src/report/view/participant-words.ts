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

/** `3 of 5 answers show 200718bd (auth-a, auth-b)`. */
function ratio(instances: readonly Instance[]): string[] {
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
    const more = names.length > 4 ? `${names.slice(0, 4).join(', ')}, …` : names.join(', ');
    const who = names.length === 0 ? '' : ` (${more})`;
    return `${samples} of ${all} answers show ${sanitizeAndTruncate(fingerprint, fingerprintColumns)}${who}`;
  });
}

/** What does not fit into the row of a table. */
export function notes(point: ParticipantStatus, verbose: boolean): string[] {
  const { participant, word, disproved } = point;
  const others = participant.accepts.filter(
    (accepted) => participant.fingerprint !== null && !sameFingerprint(accepted, participant.fingerprint),
  );
  const error = participant.error;
  return [
    ...(word === 'SPLIT' || (verbose && participant.instances.length > 1)
      ? ratio(participant.instances)
      : []),
    ...(others.length > 0
      ? [
          `accepts ${others
            .slice(0, 4)
            .map((other) => sanitizeAndTruncate(other, fingerprintColumns))
            .join(', ')} too`,
        ]
      : []),
    ...(participant.proof !== null && (verbose || disproved)
      ? [`proof of possession: ${participant.proof}`]
      : []),
    ...(error !== null && (verbose || participant.reachable)
      ? [`${error.code}: ${sanitizeAndTruncate(error.message, 300)}`]
      : []),
  ];
}
