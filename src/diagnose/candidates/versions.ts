import type { CandidateSecret } from '../../observe/candidate.js';
import type { ObserveContext } from '../../observe/context.js';
import type { SecretReading, SecretVersion } from '../../observe/sources/source.js';

/**
 * Older and newer versions of the secret of a participant.
 * @param isReference `false`: the participant is outdated or ahead, and the reference holds the version that was
 * found
 */
export async function versionCandidates(
  name: string,
  held: SecretReading,
  isReference: boolean,
  context: ObserveContext,
): Promise<CandidateSecret[]> {
  const current = Number(held.version);
  if (held.versions === undefined || !Number.isSafeInteger(current)) return [];
  const versions = await held.versions(context);
  return versions
    .filter((version) => Number.isSafeInteger(Number(version.version)))
    .map((version) =>
      isReference
        ? otherThanReference(name, version, current)
        : otherThanOwn(name, version, current, versions),
    );
}

/** A version of the reference's secret that another participant may hold. */
function otherThanReference(of: string, found: SecretVersion, current: number): CandidateSecret {
  const { version, createdAt, replacedAt, secret } = found;
  const known = { of, undone: false, text: `version ${version}`, secret };
  const facts = { version, createdAt, current: String(current) };
  return Number(version) < current
    ? { ...known, code: 'stale-secret-version', facts: { ...facts, staleSince: replacedAt } }
    : { ...known, code: 'ahead-of-reference', facts };
}

/** A version of a participant's own secret that the reference may hold. */
function otherThanOwn(
  of: string,
  found: SecretVersion,
  own: number,
  versions: readonly SecretVersion[],
): CandidateSecret {
  const { version, secret } = found;
  const known = { of, undone: true, text: `version ${version}`, secret };
  const facts = { version: String(own), createdAt: null, current: version };
  if (Number(version) < own) return { ...known, code: 'ahead-of-reference', facts };
  // Versions in between may be disabled and missing here. Only the next version number proves the time of
  // replacement.
  const next = versions.find((v) => Number(v.version) === own + 1);
  return {
    ...known,
    code: 'stale-secret-version',
    facts: { ...facts, staleSince: next?.createdAt ?? null },
  };
}
