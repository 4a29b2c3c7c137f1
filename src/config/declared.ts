import type { JsonValue } from '../model.js';

/** A contacted address, and the key that sets it; `key: null` for a default or an environment variable. */
export interface Contact {
  readonly key: string | null;
  readonly url: string;
}

/**
 * Exceptions that a source, a probe or a notifier declares for its own settings. Without a declaration, every URL in
 * them is contacted and must use TLS or stay on this machine; credentials are the `url` of a notifier, and every
 * value whose key has the name of one (`token`, `apiKey`, `password`).
 */
export interface Declared {
  /** Keys with the name of a credential that contain something else. */
  readonly names?: readonly string[];
  /** Keys that contain a credential and have another name. */
  readonly credentials?: readonly string[];
  /** Keys whose URLs are shown to people and never contacted. */
  readonly links?: readonly string[];
  /** `allowInsecure: true` permits plain HTTP to other machines. */
  readonly mayBeInsecure?: boolean;
  /** The `url` of this notifier alone does not permit sending. */
  readonly isUrlPublic?: boolean;
  /** Keys of addresses that the schema validates and `contacts` returns. */
  readonly addresses?: readonly string[];
  /** Addresses that are contacted in addition to the URLs in the settings. */
  contacts?(settings: JsonValue, env: Env): readonly Contact[];
  /** Problems of these settings in this environment. */
  problems?(settings: JsonValue, env: Env): readonly DeclaredProblem[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** A problem of an environment variable, of the settings as a whole, or of one key. */
export interface DeclaredProblem {
  readonly where: 'environment' | 'settings' | { readonly key: string };
  readonly message: string;
}
