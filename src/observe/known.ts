import { fingerprintOf } from '../fingerprint.js';
import type { KnownSecret } from '../model.js';
import { Secret } from '../secret.js';

/** Literals that code falls back to, each with where the configuration names it. */
export interface Fallback {
  readonly label: string;
  readonly secret: Secret;
}

/** The fingerprints of secrets that somebody else knows: configured fallbacks, and defaults that projects publish. */
export async function knownSecrets(fallbacks: readonly Fallback[], length: number): Promise<KnownSecret[]> {
  const { default: published } = await import('../data/published-secrets.json', { with: { type: 'json' } });
  return [
    ...fallbacks.map(
      ({ label, secret }): KnownSecret => ({
        kind: 'fallback',
        label,
        fingerprint: fingerprintOf(secret, length),
      }),
    ),
    ...published.map(
      ({ value, seenIn }): KnownSecret => ({
        kind: 'published',
        label: seenIn,
        fingerprint: fingerprintOf(new Secret(value), length),
      }),
    ),
  ];
}
