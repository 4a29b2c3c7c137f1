import { Secret } from '../secret/secret.js';
import type { CandidateSecret } from './candidate.js';
import type { Fallback } from './plan.js';

/** Secrets that are known in advance: configured fallbacks, and defaults that projects publish. */
export async function knownCandidates(fallbacks: readonly Fallback[]): Promise<CandidateSecret[]> {
  const { default: published } = await import('../data/published-secrets.json', {
    with: { type: 'json' },
  });
  const known = { of: null, undone: false, facts: {} } as const;
  return [
    ...fallbacks.map(({ label, secret }) => ({
      ...known,
      code: 'hardcoded-fallback' as const,
      text: label,
      secret,
    })),
    ...published.map(({ value, seenIn }) => ({
      ...known,
      code: 'published-default' as const,
      text: seenIn,
      secret: new Secret(value),
    })),
  ];
}
