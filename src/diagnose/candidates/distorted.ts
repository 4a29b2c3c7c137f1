import type { CandidateFingerprint } from '../../model.js';
import type { CandidateSecret } from '../../observe/candidate.js';
import { derive, fingerprintOf, longestFingerprint } from '../../secret/fingerprint.js';
import { Secret } from '../../secret/secret.js';
import type { LiteralCode } from '../../transforms/codes.js';
import { literals, placeholderText } from '../../transforms/literals.js';
import { likeliest, type Path } from '../../transforms/search.js';

/** The participant that holds a secret, and whether it is the right one as far as is known. */
export interface Holder {
  readonly name: string;
  readonly secret: Secret;
  readonly isRight: boolean;
}

/** So many keys are made from the right secret, which tokens can be tried with. */
const mostLikely = 240;

/** Where the right one is not held, so many from each of the first few that are. */
const mostOfOthers = 60;
const mostHolders = 20;

/** So many from every other secret at hand, such as an older version. */
const mostOnce = 16;

/** The likeliest keys that transforms make of the secrets that are held: those that tokens may have been signed with. */
export function distortionsOfHeld(holders: readonly Holder[]): CandidateSecret[] {
  const each = distinct(holders);
  const right = each.filter((holder) => holder.isRight);
  const [chosen, limit] = right.length > 0 ? [right, mostLikely] : [each.slice(0, mostHolders), mostOfOthers];
  return [
    ...each.flatMap(({ secret }) => placeholder(secret)),
    ...chosen.flatMap(({ name, secret }) => likelyKeys(name, secret, limit)),
  ];
}

/** Each secret once, the right one first. */
export function distinct(holders: readonly Holder[]): Holder[] {
  const found = new Map<string, Holder>();
  for (const holder of [...holders].sort((a, b) => Number(b.isRight) - Number(a.isRight))) {
    const identity = fingerprintOf(holder.secret, longestFingerprint);
    if (!found.has(identity)) found.set(identity, holder);
  }
  return [...found.values()];
}

/** The likeliest keys that transforms make of one secret, the usual ones first, at most so many. */
export function likelyKeys(of: string, secret: Secret, limit: number): CandidateSecret[] {
  return derive(
    secret,
    (bytes) => likeliest(bytes, limit),
    (path, made) => candidateOf(of, path, made),
  );
}

/** The candidate that a path makes of somebody's secret. */
export function candidateOf(of: string, path: Omit<Path, 'bytes'>, secret: Secret): CandidateSecret {
  const { code, undone, text, filter } = path;
  return { code, of, undone, text, secret, facts: factsOf(path), ...(filter === null ? {} : { filter }) };
}

/** What is known of a path, for the evidence. */
export function factsOf({
  steps,
  mixed,
  facts,
}: Pick<Path, 'steps' | 'mixed' | 'facts'>): CandidateFingerprint['facts'] {
  return { ...facts, steps, ...(mixed ? { mixed } : {}) };
}

/** The secret itself, where it is a placeholder. Known by itself: a participant that shows the same holds it, too. */
export function placeholder(secret: Secret): CandidateSecret[] {
  return derive(
    secret,
    (bytes) => {
      const text = placeholderText(bytes);
      return text === null ? [] : [{ bytes, text }];
    },
    ({ text }, same): CandidateSecret => {
      const code: LiteralCode = 'unresolved-placeholder';
      return { code, of: null, undone: false, text, secret: same, facts: {} };
    },
  );
}

/** What those that are known already would be after one transform: an older version with a newline, for example. */
export function distortedOnce(candidates: readonly CandidateSecret[]): CandidateSecret[] {
  return candidates.flatMap((candidate) =>
    derive(
      candidate.secret,
      (bytes) => likeliest(bytes, mostOnce),
      (path, secret) => transformed(candidate, path, secret),
    ),
  );
}

/** A known secret after a transform: still what it was, and what happened to it besides. */
export function transformed(
  candidate: CandidateSecret,
  path: Omit<Path, 'bytes'>,
  secret: Secret,
): CandidateSecret {
  return {
    ...candidate,
    secret,
    text: `${candidate.text} ${path.text}`,
    facts: { ...candidate.facts, ...factsOf(path) },
  };
}

/** What can be no secret, whatever the right one is. */
export function literalCandidates(): CandidateSecret[] {
  return literals().map(({ bytes, ...known }) => ({
    ...known,
    of: null,
    undone: false,
    secret: new Secret(bytes),
    facts: {},
  }));
}
