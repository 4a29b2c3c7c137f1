import { fullFingerprintOf } from './fingerprint.js';
import type { Scrubber } from './scrub.js';
import { Secret } from './secret.js';

/**
 * The secrets that this process has read so far. Programs and services may print any of them, also one that was read
 * for another purpose.
 */
export class CollectedSecrets {
  readonly #secrets = new Map<string, Secret>();
  #scrub: Scrubber | null = null;

  constructor(secrets: Iterable<Secret>) {
    this.add(secrets);
  }

  add(secrets: Iterable<Secret>): void {
    for (const secret of secrets) {
      const fingerprint = fullFingerprintOf(secret);
      if (this.#secrets.has(fingerprint)) continue;
      this.#secrets.set(fingerprint, secret);
      this.#scrub = null;
    }
  }

  /** Removes everything from a text that can be decoded to one of the secrets, and random-looking parts. */
  scrub(text: string): string {
    this.#scrub ??= Secret.scrubber(this.#secrets.values());
    return this.#scrub([text])[0] ?? '';
  }
}
