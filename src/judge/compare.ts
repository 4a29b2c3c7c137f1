import type { Fingerprint, Group } from '../model.js';

/** How the fingerprints of one environment stand to each other. */
export interface Comparison {
  /** `null` without a reference, or where it could not be read. */
  readonly reference: { readonly name: string; readonly fingerprint: Fingerprint } | null;
  readonly groups: readonly Group[];
  /** By participant; `null` where it could not be told. */
  readonly agrees: ReadonlyMap<string, boolean | null>;
  /** Participants whose fingerprint differs from what is right. */
  readonly differing: readonly string[];
}
