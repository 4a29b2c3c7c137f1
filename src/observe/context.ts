import type { Network } from './network/network.js';

/** Everything impure that observing needs, passed as one argument. */
export interface ObserveContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly network: Network;
  /** Folder from which relative paths in the configuration are resolved. */
  readonly folder: string;
  /** Aborts everything: the deadline of the whole check, or an interruption. */
  readonly signal: AbortSignal;
  /** Milliseconds for one request, unless its own configuration sets them. */
  readonly timeoutMs: number;
  /** Number of hex digits of a fingerprint. */
  readonly fingerprintLength: number;
  /** Makes a configured text safe to print: variables unexpanded, a URL without credentials and query. */
  readonly label: (text: string) => string;
  /** Makes a fresh challenge; present only if proofs can be verified. */
  readonly nonce?: (() => string) | undefined;
}
