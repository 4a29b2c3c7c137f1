import { derive, fingerprintOf, longestFingerprint } from '../../fingerprint.js';
import { Secret } from '../../secret.js';
import type { LiteralCode } from '../../transforms/codes.js';
import { distorted, type Scope } from '../../transforms/distorted.js';
import { literals, placeholderText } from '../../transforms/literals.js';
import type { Candidate } from './candidate.js';

/** Who holds a secret, and whether it is the right one as far as anybody knows. */
export interface Holder {
  readonly name: string;
  readonly secret: Secret;
  readonly isRight: boolean;
}

/** Where only the wrong secrets are held, two distortions at once are tried on so many of them. */
const mostInPairs = 100;

/**
 * What known distortions make of the secrets that are held, each secret once, whoever holds it. Where the right one is
 * held, the wrong ones add only what cannot be seen from its side: that it is itself cut short, say.
 */
export function distortionsOfHeld(holders: readonly Holder[]): Candidate[] {
  const distinct = new Map<string, Holder>();
  for (const holder of [...holders].sort((a, b) => Number(b.isRight) - Number(a.isRight))) {
    const identity = fingerprintOf(holder.secret, longestFingerprint);
    if (!distinct.has(identity)) distinct.set(identity, holder);
  }
  const each = [...distinct.values()];
  const rightIsHeld = each.some((holder) => holder.isRight);
  return each.flatMap(({ name, secret, isRight }, index) =>
    distortedCandidates(name, secret, {
      pairs: isRight || (!rightIsHeld && index < mostInPairs),
      beside: rightIsHeld && !isRight,
    }),
  );
}

/**
 * What known distortions make of a secret, and what it may have been before them; and whether it is a placeholder.
 */
export function distortedCandidates(of: string, secret: Secret, scope?: Scope): Candidate[] {
  return [
    ...placeholder(secret),
    ...derive(
      secret,
      (bytes) => distorted(bytes, scope),
      ({ code, undone, text, steps, mixed }, made): Candidate => {
        const facts = mixed === undefined ? { steps } : { steps, mixed };
        return { code, of, undone, text, secret: made, facts };
      },
    ),
  ];
}

/** The secret itself, where it is a placeholder. Known by itself: whoever shows the same holds it, too. */
export function placeholder(secret: Secret): Candidate[] {
  return derive(
    secret,
    (bytes) => {
      const text = placeholderText(bytes);
      return text === null ? [] : [{ bytes, text }];
    },
    ({ text }, same): Candidate => {
      const code: LiteralCode = 'unresolved-placeholder';
      return { code, of: null, undone: false, text, secret: same, facts: {} };
    },
  );
}

/** What those that are known already would be after one distortion: an older version with a newline, say. */
export function distortedOnce(candidates: readonly Candidate[]): Candidate[] {
  return candidates.flatMap((candidate) =>
    derive(
      candidate.secret,
      (bytes) => distorted(bytes, { pairs: false, beside: false }),
      ({ text, steps }, secret): Candidate => ({
        ...candidate,
        secret,
        text: `${candidate.text} ${text}`,
        facts: { ...candidate.facts, steps },
      }),
    ),
  );
}

/** What can be no secret, whatever the right one is. */
export function literalCandidates(): Candidate[] {
  return literals().map(({ bytes, ...known }) => ({
    ...known,
    of: null,
    undone: false,
    secret: new Secret(bytes),
    facts: {},
  }));
}
