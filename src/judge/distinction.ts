import { type Answer, sameAnswer, sameLayer } from './compare-answers.js';
import { answered } from './responses.js';
import { mentionsSignature } from './topics.js';

/**
 * The comparison of the answers to a valid token with those to a forged one.
 * - `same`: there is no difference.
 * - `verified`: the same layer answers differently, every time: it verified the signature of the valid token.
 * - `signature`: the answers differ, but the one to the valid token mentions its signature: some layer did not verify
 * it.
 * - `layers`: the answers differ, but different layers gave them.
 * - `unknown`: an answer is missing, or the answers changed during the check.
 */
export type Distinction = 'same' | 'verified' | 'signature' | 'layers' | 'unknown';

/** Compares every answer to a valid token with every answer to a forged one. */
export function distinction(valid: readonly Answer[], forged: readonly Answer[]): Distinction {
  const [first, ...more] = valid;
  const [fake, ...fakes] = forged;
  if (first === undefined || fake === undefined) return 'unknown';
  const stable =
    more.every((other) => sameAnswer(first, other)) && fakes.every((other) => sameAnswer(fake, other));
  if (!stable) return 'unknown';
  if (sameAnswer(first, fake)) return 'same';
  if (![first, fake].every(answered)) return 'unknown';
  if (!sameLayer(first, fake)) return 'layers';
  return mentionsSignature(first) ? 'signature' : 'verified';
}
