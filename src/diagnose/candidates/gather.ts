import type { CandidateSecret } from '../../observe/candidate.js';
import type { ObserveContext } from '../../observe/context.js';
import type { Plan } from '../../observe/plan.js';
import type { ReferenceRead } from '../../observe/references.js';
import { readerOf } from '../../observe/sources/reader.js';
import type { SecretReading, SecretVersion } from '../../observe/sources/source.js';
import { distortedOnce, distortionsOfHeld, listCandidates, literalCandidates } from './distorted.js';
import { nameCandidates } from './names.js';

/** The input from which candidates are made. */
export interface Gathering {
  readonly plan: Plan;
  readonly held: ReadonlyMap<string, SecretReading>;
  /** Participants whose secrets and names could explain the observations. */
  readonly concerned: readonly string[];
  /** Whether a participant holds the right secret, as far as is known. */
  readonly isRight: (name: string) => boolean;
  /** References of other environments. */
  readonly others: readonly ReferenceRead[];
  readonly context: ObserveContext;
}

/** Secrets that may be in use instead of the right one, the likeliest first. */
export async function candidatesFor(gathering: Gathering): Promise<CandidateSecret[]> {
  const { plan, held, concerned, isRight, others, context } = gathering;
  const holdings = concerned.flatMap((name) => {
    const holds = held.get(name);
    return holds === undefined ? [] : [{ name, holds }];
  });
  const versions = await Promise.all(
    holdings.map(({ name, holds }) => versionCandidates(name, holds, isRight(name), context)),
  );
  const holders = holdings.map(({ name, holds }) => ({ name, secret: holds.secret, isRight: isRight(name) }));
  return [
    ...versions.flat(),
    ...siblingCandidates(plan, held, context),
    ...environmentCandidates(others),
    ...distortionsOfHeld(holders),
    ...distortedOnce(versions.flat()),
    ...literalCandidates(),
    ...nameCandidates(plan, new Set(concerned), held, context),
    ...listCandidates(holders, versions.flat()),
  ];
}

/**
 * Other secrets that the configuration names: those of other participants, and set variables of a chain that another
 * variable overrides. The reference's own secret is excluded, other names of its chain are included.
 */
function siblingCandidates(
  plan: Plan,
  held: ReadonlyMap<string, SecretReading>,
  context: ObserveContext,
): CandidateSecret[] {
  const right = plan.reference === null ? undefined : held.get(plan.reference);
  return plan.participants.flatMap(({ name: participant, settings: { source } }) => {
    const holds = held.get(participant);
    if (holds === undefined || source === undefined) return [];
    const sibling = (name: string, secret: CandidateSecret['secret'], inChain: boolean): CandidateSecret => ({
      code: 'sibling-secret',
      of: null,
      undone: false,
      text: `${name} of ${participant}`,
      secret,
      facts: { participant, name, inChain, taken: holds.provenance },
    });
    const chain = (holds.siblings ?? []).map(({ name, secret }) => sibling(name, secret, true));
    // A fallback in code has its own finding. The configured reference is no sibling of the right secret, even if an
    // expected fingerprint overrides it.
    const isReference = participant === plan.reference || participant === plan.configuredReference;
    const own = !isReference && holds.provenance !== 'fallback';
    if (!own || right?.secret.equals(holds.secret) === true) return chain;
    return [sibling(placeOf(holds, readerOf(source).target(source, context)), holds.secret, false), ...chain];
  });
}

const placeOf = ({ provenance }: SecretReading, target: string): string => provenance ?? target;

/** References of other environments whose secrets could be read. */
function environmentCandidates(others: readonly ReferenceRead[]): CandidateSecret[] {
  return others.flatMap(({ environment, name, result }): CandidateSecret[] =>
    result.is !== 'secret'
      ? []
      : [
          {
            code: 'wrong-environment',
            of: null,
            undone: false,
            text: `the secret of ${environment}`,
            secret: result.secret,
            facts: { environment, reference: name },
          },
        ],
  );
}

/**
 * Older and newer versions of the secret of a participant.
 * @param isReference `false`: the participant is outdated or ahead, and the reference holds the version that was
 * found
 */
async function versionCandidates(
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
