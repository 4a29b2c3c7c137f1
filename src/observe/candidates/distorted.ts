import { distorted } from '../../distortions/distorted.js';
import { literals, placeholderText } from '../../distortions/literals.js';
import { derive } from '../../fingerprint.js';
import { Secret } from '../../secret.js';
import type { Candidate } from './candidate.js';

/** What known distortions make of a secret, and what it may have been before them; and whether it is a placeholder. */
export function distortedCandidates(of: string, secret: Secret): Candidate[] {
  const placeholder = derive(secret, (bytes) => {
    const text = placeholderText(bytes);
    return text === null ? [] : [{ bytes, text }];
  });
  return [
    // Known by itself: whoever shows the same holds it, too.
    ...placeholder.map((is) => ({
      ...is,
      code: 'unresolved-placeholder',
      of: null,
      undone: false,
      facts: {},
    })),
    ...derive(secret, distorted).map(({ steps, ...known }) => ({ ...known, of, facts: { steps } })),
  ];
}

/** What those that are known already would be after one distortion: an older version with a newline, say. */
export function distortedOnce(candidates: readonly Candidate[]): Candidate[] {
  return candidates.flatMap((candidate) =>
    derive(candidate.secret, (bytes) => distorted(bytes, 1)).map(({ steps, text, secret }) => ({
      ...candidate,
      secret,
      text: `${candidate.text} ${text}`,
      facts: { ...candidate.facts, steps },
    })),
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
