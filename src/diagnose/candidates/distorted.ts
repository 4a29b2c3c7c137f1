import type { CandidateFingerprint } from '../../model.js';
import type { CandidateSecret } from '../../observe/candidate.js';
import { derive, distinctBySecret } from '../../secret/fingerprint.js';
import { Secret } from '../../secret/secret.js';
import type { LiteralCode } from '../../transforms/codes.js';
import { literals, placeholderText } from '../../transforms/literals.js';
import { likeliest, type Path } from '../../transforms/search.js';

/** A secret with the participant that holds it, and whether it is the right one as far as is known. */
export interface Holder {
  readonly name: string;
  readonly secret: Secret;
  readonly isRight: boolean;
}

/** Maximum number of keys made from the right secret for verifying tokens. */
const mostLikely = 240;

/** Without the right secret: the maximum from each of the first participants that differ. */
const mostOfOthers = 60;
const mostHolders = 20;

/** The maximum from every other secret, such as an older version. */
const mostOnce = 16;

/** The likeliest keys that transforms make from the secrets of participants. Tokens may be signed with them. */
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
export const distinct = (holders: readonly Holder[]): Holder[] =>
  distinctBySecret([...holders].sort((a, b) => Number(b.isRight) - Number(a.isRight)));

/** The likeliest keys that transforms make from one secret, the most common first. */
export function likelyKeys(of: string, secret: Secret, limit: number): CandidateSecret[] {
  return derive(
    secret,
    (bytes) => likeliest(bytes, limit),
    (path, made) => candidateOf(of, path, made),
  );
}

/** The candidate that a path of transforms makes from a secret. */
export function candidateOf(of: string, path: Omit<Path, 'bytes'>, secret: Secret): CandidateSecret {
  const { code, undone, text, filter } = path;
  return { code, of, undone, text, secret, facts: factsOf(path), ...(filter === null ? {} : { filter }) };
}

/** The facts about a path, for the evidence. */
export function factsOf({
  steps,
  mixed,
  facts,
}: Pick<Path, 'steps' | 'mixed' | 'facts'>): CandidateFingerprint['facts'] {
  return { ...facts, steps, ...(mixed ? { mixed } : {}) };
}

/**
 * The secret itself, if it is a placeholder. It needs no owner: every participant that reports the same fingerprint
 * holds it.
 */
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

/** Known secrets after one transform, for example an older version with a newline. */
export function distortedOnce(candidates: readonly CandidateSecret[]): CandidateSecret[] {
  return candidates.flatMap((candidate) =>
    derive(
      candidate.secret,
      (bytes) => likeliest(bytes, mostOnce),
      (path, secret) => transformed(candidate, path, secret),
    ),
  );
}

/** A known secret after a transform: it keeps its own code and adds the facts of the transform. */
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

/** Made once: every check compares them. */
let literal: readonly CandidateSecret[] | undefined;

/** Values that are never a secret. */
export function literalCandidates(): readonly CandidateSecret[] {
  literal ??= literals().map(({ bytes, ...known }) => ({
    ...known,
    of: null,
    undone: false,
    secret: new Secret(bytes),
    facts: {},
  }));
  return literal;
}

/** Separators between the secrets of a list, for verifiers that accept several. */
const separators = [
  [',', '","'],
  [', ', '", "'],
  ['\n', 'a line break'],
  [';', '";"'],
  [' ', 'a space'],
] as const;

/**
 * Two secrets in one value, as in a rotation: the right one and a known version, in either order. A service that does
 * not support lists uses the whole value as its key.
 */
export function listCandidates(
  holders: readonly Holder[],
  versions: readonly CandidateSecret[],
): CandidateSecret[] {
  return holders
    .filter(({ isRight }) => isRight)
    .flatMap((holder) =>
      versions.filter(({ of }) => of === holder.name).flatMap((version) => joined(holder, version)),
    );
}

function joined({ name, secret }: Holder, { text, secret: other }: CandidateSecret): CandidateSecret[] {
  return derive(
    secret,
    (bytes) => withBoth(bytes, other, text),
    ({ words }, made): CandidateSecret => ({
      code: 'extra-characters',
      of: name,
      undone: false,
      text: words,
      secret: made,
      facts: {},
    }),
  );
}

function withBoth(bytes: Buffer, other: Secret, text: string): { words: string; bytes: Buffer }[] {
  const lists: { words: string; bytes: Buffer }[] = [];
  derive(
    other,
    (more) => {
      for (const [separator, name] of separators) {
        const between = Buffer.from(separator);
        lists.push(
          {
            words: `in a list of two, before ${text}, with ${name} between them`,
            bytes: Buffer.concat([bytes, between, more]),
          },
          {
            words: `in a list of two, after ${text}, with ${name} between them`,
            bytes: Buffer.concat([more, between, bytes]),
          },
        );
      }
      return [];
    },
    () => null,
  );
  return lists;
}
