import type { Network } from './network/network.js';

/** What reading the world needs: everything that is not pure arrives here, so that nothing is reached for. */
export interface ObserveContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly network: Network;
  /** Folder that relative paths in the configuration start from. */
  readonly folder: string;
  /** Ends everything: the whole check's deadline, or an interruption. */
  readonly signal: AbortSignal;
  /** Milliseconds for one request, where its own configuration names none. */
  readonly timeoutMs: number;
  /** Hex digits of a fingerprint. */
  readonly fingerprintLength: number;
  /** A configured text, fit to be shown: variables unexpanded, a URL without credentials and query. */
  readonly label: (text: string) => string;
  /** Makes a fresh challenge; only where proofs can be verified. */
  readonly nonce?: (() => string) | undefined;
}
