import type { CandidateCode } from '../finding-codes.js';
import type { Comparison } from '../judge/compare.js';
import { fingerprintsOf, groupByParticipant, isReadFromTokens } from '../judge/participants.js';
import { isKnownByProof } from '../judge/signing.js';
import { isAnyQuestioned, questioned } from '../judge/tokens.js';
import type { CandidateFingerprint, Fingerprint, Observations } from '../model.js';
import { type CandidateSecret, fingerprintOfCandidate, knownCandidates } from '../observe/candidate.js';
import type { ObserveContext } from '../observe/context.js';
import type { Plan, Progress } from '../observe/plan.js';
import { readingOfTokens } from '../observe/readings.js';
import { readReferences } from '../observe/references.js';
import type { MintedTokens } from '../observe/tokens/minted-tokens.js';
import { fingerprintOf, firstDigits, otherHashesOf, shortestFingerprint } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';
import type { AlwaysChecked } from './always-checked.js';
import { equivalentCandidates } from './candidates/equivalent.js';
import { explain, variablesOf } from './candidates/explain.js';
import { candidatesFor } from './candidates/gather.js';
import { standInsShown } from './candidates/known-texts.js';
import { pathsShown } from './candidates/names.js';
import { publishedOfShown, publishedSigner, wrappedPublished } from './candidates/published-candidates.js';
import { followUp } from './follow-up/index.js';
import { mintMore } from './mint-more.js';

/** Observations extended by possible causes, and the secrets that were read for it. */
export interface PossibleCauses {
  readonly observations: Observations;
  /** They must be removed from every text. */
  readonly secrets: readonly Secret[];
}

/**
 * Gathers what the wrong secrets could be, so that the rules can name the cause, and follows up where a valid token was
 * rejected.
 */
export async function findCauses(
  { observations: seen, held, minting, references }: AlwaysChecked,
  comparison: Comparison,
  plan: Plan,
  context: ObserveContext,
  progress: Progress,
): Promise<PossibleCauses> {
  const minted = mintMore(plan, minting, comparison, context);
  const rejectedMinters = new Set(
    seen.participants.flatMap((p) => questioned(comparison.tokens, p.name).map((a) => a.minter)),
  );
  const concerned = concernedIn(seen, held, comparison, rejectedMinters);
  const isRight = (name: string): boolean => name === seen.reference || comparison.agrees.get(name) === true;
  // Secrets of other environments are compared with fingerprints only. No token is ever signed with one.
  const isShown =
    comparison.differing.length > 0 || comparison.divided || comparison.signing.signsOther.size > 0;
  const elsewhere = await readReferences(
    isShown ? plan.crossReferences.filter((other) => !other.crossCheck) : [],
    context,
  );
  const likely = await candidatesFor({
    plan,
    held,
    concerned,
    isRight,
    others: [...references, ...elsewhere],
    context,
  });
  await minted;
  const known = await knownCandidates(plan.fallbacks);
  const wrappings = await wrappedPublished();
  minting.tokens.lookUp([...likely, ...known, ...wrappings]);
  const listed = await lookUpInList(minting.tokens, context);
  const observations = withMinted(seen, minting.tokens);
  const ofConcern = new Set(concerned);
  const searched = explain({
    holders: concerned.flatMap((name) => {
      const holds = held.get(name);
      return holds === undefined ? [] : [{ name, secret: holds.secret, isRight: isRight(name) }];
    }),
    known: [
      ...known.filter(({ code }) => code === 'hardcoded-fallback'),
      ...likely.filter(({ code, facts }) => live.has(code) && !('steps' in facts)),
    ],
    shown: observations.participants.filter(({ name }) => ofConcern.has(name)).flatMap(fingerprintsOf),
    right: rightOf(comparison),
    names: variablesOf(plan),
    accepted: observations.participants.flatMap(({ reading }) => reading?.accepts ?? []),
    isProved: (secret) => minting.tokens.isMadeWith(secret),
  });
  const candidates = [...likely, ...searched];
  // Other bytes of the same HMAC key: tokens cannot distinguish them.
  const right = plan.reference === null ? undefined : held.get(plan.reference);
  const equivalent = concerned.flatMap((name) => {
    // The secret of the reference, if it is known, explains the fingerprints of all other participants.
    const holds = right === undefined || name === plan.reference ? held.get(name) : undefined;
    return holds === undefined ? [] : equivalentCandidates(name, holds.secret, observations.algorithm);
  });
  const signers = (observations.mintedTokens ?? []).flatMap(({ signer }) => signer ?? []);
  const everyShown = new Set(
    [...observations.participants.flatMap(fingerprintsOf), ...signers].map(firstDigits),
  );
  const isShownByAny = (secret: Secret): boolean =>
    everyShown.has(fingerprintOf(secret, shortestFingerprint));
  // There are too many to try as keys. Only those that a participant reports are kept.
  const wrapped = wrappings.filter((one) => isShownByAny(one.secret));
  const texts = [
    ...standInsShown(everyShown, context.fingerprintLength),
    ...pathsShown(plan, ofConcern, everyShown, context),
  ];
  const hashes = concerned.flatMap((name) => {
    const holds = isRight(name) ? held.get(name) : undefined;
    return holds === undefined ? [] : hashesOf(name, holds.secret, context.fingerprintLength);
  });
  const computed = [
    ...texts,
    ...hashes.filter(({ fingerprint }) => everyShown.has(firstDigits(fingerprint))),
    ...[...candidates, ...wrapped, ...listed, ...equivalent].map((one) =>
      fingerprintOfCandidate(one, context.fingerprintLength),
    ),
  ];
  const shown = observations.participants
    .filter((p) => ofConcern.has(p.name) && !held.has(p.name))
    .flatMap(fingerprintsOf);
  const published = await publishedOfShown(shown, [...observations.candidates, ...computed]);
  const forms = [...computed, ...published];
  const followUps = await followUp({
    plan,
    observations,
    comparison,
    held,
    candidates: rejectedMinters.size === 0 ? [] : [...candidates, ...known],
    context,
    progress,
  });
  return {
    observations: {
      ...observations,
      candidates: [...observations.candidates, ...forms],
      followUps: [...observations.followUps, ...followUps],
    },
    secrets: candidates
      .filter(({ code, of }) => live.has(code) || (comparison.agrees.get(of ?? '') && !words.has(code)))
      // A value made from a secret must be redacted if a participant may hold exactly that value, and repeat it.
      .filter(({ facts, secret }) => !('steps' in facts) || rejectedMinters.size > 0 || isShownByAny(secret))
      .map(({ secret }) => secret),
  };
}

/** The participants whose secrets and names could explain the observations. */
function concernedIn(
  { participants, reference }: Observations,
  held: AlwaysChecked['held'],
  comparison: Comparison,
  rejectedMinters: ReadonlySet<string | null>,
): string[] {
  const differing = new Set(comparison.differing);
  // Without a reference the majority is right. One participant of the majority represents it.
  const ofMajority =
    reference === null
      ? participants.find((p) => comparison.agrees.get(p.name) === true && held.has(p.name))?.name
      : undefined;
  return participants
    .map((p) => p.name)
    .filter(
      (name) =>
        comparison.divided ||
        name === reference ||
        differing.has(name) ||
        (reference === null && rejectedMinters.has(name)) ||
        name === ofMajority,
    );
}

/** The public list takes time: it is tried last, and only for a few issuers. */
const mostLookedUp = 2;

async function lookUpInList(tokens: MintedTokens, context: ObserveContext): Promise<CandidateSecret[]> {
  const found: CandidateSecret[] = [];
  for (const token of tokens.unknown.slice(0, mostLookedUp)) {
    const signer = await publishedSigner(token, context.signal);
    if (signer === null) continue;
    found.push(signer);
    tokens.verifyWith([signer.secret]);
  }
  return found;
}

/** The observations with the current results of all tokens. */
function withMinted(observations: Observations, tokens: MintedTokens): Observations {
  const own = tokens.observed;
  const asked = new Set(own.map(({ participant }) => participant));
  const others = (observations.mintedTokens ?? []).filter(({ participant }) => !asked.has(participant));
  const mintedTokens = [...others, ...own];
  const byParticipant = groupByParticipant(mintedTokens);
  return {
    ...observations,
    participants: observations.participants.map((p) =>
      isReadFromTokens(p) || isKnownByProof(byParticipant.get(p.name))
        ? { ...p, reading: readingOfTokens(byParticipant.get(p.name) ?? []) }
        : p,
    ),
    attempts: observations.attempts.map((attempt) =>
      attempt.minted === undefined ? attempt : { ...attempt, minted: tokens.latest(attempt.minted) },
    ),
    mintedTokens,
  };
}

/** Other hashes of the right secret: a participant that reports one of them holds the secret. */
const hashesOf = (of: string, secret: Secret, length: number): CandidateFingerprint[] =>
  otherHashesOf(secret, length).map(({ name, fingerprint }) => ({
    code: 'fingerprint-misreported',
    of,
    undone: false,
    text: name,
    fingerprint,
    facts: { hash: name },
  }));

/** The right fingerprint: that of the reference, or without a reference that of the majority. */
const rightOf = ({ divided, reference, groups }: Comparison): Fingerprint | null =>
  divided ? null : (reference?.fingerprint ?? groups[0]?.fingerprint ?? null);
/** Codes of live secrets that were read from another place, regardless of their owner. */
const live: ReadonlySet<CandidateCode> = new Set([
  'stale-secret-version',
  'ahead-of-reference',
  'sibling-secret',
  'wrong-environment',
]);

/** Codes of values that are not secrets: names, placeholders and common words. */
const words: ReadonlySet<CandidateCode> = new Set([
  'secret-name-as-value',
  'unresolved-placeholder',
  'empty-secret',
  'non-value',
]);

/** Whether something differs, so that there is a cause to find. */
export function hasDifference(comparison: Comparison): boolean {
  return (
    comparison.differing.length > 0 ||
    comparison.misreported.length > 0 ||
    comparison.divided ||
    isAnyQuestioned(comparison.tokens) ||
    comparison.signing.signsOther.size > 0 ||
    comparison.signing.mixed.size > 0 ||
    comparison.signing.expired.size > 0 ||
    comparison.signing.unknown.size > 0
  );
}
