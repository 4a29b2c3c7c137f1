import { distortions } from '../../distortions/index.js';
import { Secret } from '../../secret.js';
import type { Candidate } from './candidate.js';

/** What known distortions make of a secret, and what it may have been before one. */
export function distortedCandidates(of: string, secret: Secret): Candidate[] {
  const bytes = secret.reveal();
  return distortions.flatMap(({ code, apply, undo }) => [
    ...apply(bytes).map((v) => ({
      code,
      of,
      undone: false,
      text: v.text,
      secret: new Secret(v.bytes),
      facts: {},
    })),
    ...undo(bytes).map((v) => ({
      code,
      of,
      undone: true,
      text: v.text,
      secret: new Secret(v.bytes),
      facts: {},
    })),
  ]);
}
