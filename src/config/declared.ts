import type { JsonValue } from '../model.js';

/** Something that is contacted, and the key that says so; `key: null`: by a default or by the environment. */
export interface Contact {
  readonly key: string | null;
  readonly url: string;
}

/**
 * What a source, a probe or a notifier says of its own settings, where the safe assumptions are wrong. Without a word,
 * every URL in them is contacted and must use TLS or stay on this machine, the `url` of a notifier is a credential, and
 * so is every value whose key is named like one (`token`, `apiKey`, `password`).
 */
export interface Declared {
  /** Keys that are named like a credential and hold a name. */
  readonly names?: readonly string[];
  /** Keys that hold a credential and are not named like one. */
  readonly credentials?: readonly string[];
  /** Keys whose URLs are shown to people and never contacted. */
  readonly links?: readonly string[];
  /** `allowInsecure: true` permits plain HTTP to other machines. */
  readonly mayBeInsecure?: boolean;
  /** The `url` of this notifier lets nobody send by itself. */
  readonly isUrlPublic?: boolean;
  /** Keys of addresses that the schema checks and `contacts` reads. */
  readonly addresses?: readonly string[];
  /** What is contacted beside the URLs in the settings. */
  contacts?(settings: JsonValue, env: Env): readonly Contact[];
  /** What is wrong with these settings in this environment. */
  problems?(settings: JsonValue, env: Env): readonly DeclaredProblem[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** What is wrong: with a variable of the environment, with the settings as a whole, or with one key. */
export interface DeclaredProblem {
  readonly where: 'environment' | 'settings' | { readonly key: string };
  readonly message: string;
}
