import type { Finding, JsonValue, Report } from '../model.js';
import { entriesOf } from '../schema/path.js';
import { sameFingerprint } from '../secret/fingerprint.js';
import type { Proposal, Reason } from './action.js';
import type { PlanInput } from './plan-input.js';

/** Findings that say that the deployment of a participant names another version, or another secret. */
const bound: ReadonlySet<string> = new Set([
  'pinned-to-other-version',
  'pins-disabled-version',
  'different-secret-referenced',
]);

const reasoned = (is: Reason['is'], text: string): Proposal => ({ reason: { is, text } });

/** A rollout, where the evidence proves that the participant then holds the secret of the reference. */
export function proposeRollout(finding: Finding, name: string, report: Report, known: PlanInput): Proposal {
  const { source = null, isService = false, rollout = null } = known.participants.get(name) ?? {};
  if (source !== null && !isService)
    return reasoned(
      'not-automatic',
      `a restart does not change what jwtcheck reads for ${name} (source ${source})`,
    );
  const pinned = report.findings.find((one) => bound.has(one.code) && one.participants.includes(name));
  if (pinned !== undefined)
    return reasoned('pinned', `its deployment names a version or another secret (${pinned.code})`);
  const doubt = doubtIn(finding, report, known);
  if (doubt !== null) return reasoned('not-proved', doubt);
  if (rollout === null)
    return reasoned(
      'no-rollout',
      `${name} has no \`rollout\` in the configuration, so jwtcheck cannot restart it`,
    );
  if (!known.allowsCommands)
    return reasoned('no-commands', 'its rollout runs a program, which --no-commands does not allow');
  return { action: { do: 'rollout', participant: name, cause: finding.code, ...rollout } };
}

/** Why it is not proved that a restart is enough. */
function doubtIn(finding: Finding, report: Report, known: PlanInput): string | null {
  const { evidence } = finding;
  if (finding.code === 'stale-secret-version') {
    const { version, current } = evidence;
    if ('steps' in evidence) return 'its secret is changed as well, and a restart does not fix that';
    if ('probably' in evidence)
      return 'the version is only probable: show more digits (fingerprint.length: 16)';
    if (typeof version !== 'string' || typeof current !== 'string' || current !== report.reference?.version)
      return 'the version of the reference is not known';
    return known.store === null ? 'the reference has no versions' : olderRead([version], report, known);
  }
  return doubtInReplicas(evidence, report, known);
}

function doubtInReplicas(evidence: Finding['evidence'], report: Report, known: PlanInput): string | null {
  const right = report.reference?.fingerprint ?? null;
  const shown = [...keysOf(evidence.fingerprints), ...keysOf(evidence.signers)];
  const isRight = (fingerprint: string): boolean => right !== null && sameFingerprint(fingerprint, right);
  if (!shown.some(isRight)) return 'none of its replicas is known to hold the secret of the reference';
  const older = new Map(textsOf(evidence.older));
  const other = textsOf(evidence.known).find(
    ([fingerprint]) => !isRight(fingerprint) && !older.has(fingerprint),
  );
  if (other !== undefined) return `a replica holds a secret that a restart may bring back: ${other[1]}`;
  return known.store === null ? null : olderRead([...older.values()], report, known);
}

/** Why a service that starts now may read another version than the reference. */
function olderRead(versions: readonly string[], report: Report, { store }: PlanInput): string | null {
  if (store === null) return null;
  const current = report.reference?.version ?? null;
  if (store.newest === null || String(store.newest) !== current)
    return `version ${store.newest ?? '?'} is newer than that of the reference (${current ?? 'unknown'}): a restart may read it`;
  // `latest` is the newest version in any state, and does not fall back to an older one.
  if (store.last !== store.newest)
    return `version ${store.last} is the latest one and is not enabled: a service that starts now may read no secret at all`;
  const alias = [...store.aliases].find(([, version]) => versions.includes(String(version)));
  return alias === undefined
    ? null
    : `the alias ${alias[0]} points to version ${alias[1]}: a restart may read it again`;
}

const textsOf = (value: JsonValue | undefined): [string, string][] =>
  entriesOf(value).map(([key, one]) => [key, String(one)]);

const keysOf = (value: JsonValue | undefined): string[] => entriesOf(value).map(([key]) => key);
