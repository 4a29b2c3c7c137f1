import { timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';
import { gramLength } from './gram-index.js';
import { type Scrubber, scrubberFor } from './scrub.js';
import { encodedIn } from './spellings.js';
import { redactTokens } from './token-shaped.js';

export { redactTokens };

/** Stands for a secret in printed texts. */
export const hidden = '[secret]';

/** Number of digits of the longest fingerprint. */
const longestDigits = 64;

/** Shorter values may be common words, and are not removed from texts of services. */
const shortestRedacted = 3;

/** Maximum number of bytes of a value in which a secret is sought: less than what is examined of a text. */
const longestSought = 4000;

/**
 * Bytes that must never be printed: an HMAC key, a token, an expanded variable. It prints, logs and serialises as
 * `[secret]`.
 */
export class Secret {
  readonly #bytes: Buffer;

  /** @param value a string means its UTF-8 bytes */
  constructor(value: string | Uint8Array) {
    this.#bytes = Buffer.from(value);
  }

  /**
   * The exact bytes. Called only to make fingerprints, to verify proofs, to mint or send tokens, and to store a new
   * version.
   */
  reveal(): Buffer {
    return this.#bytes;
  }

  /** Length in bytes. */
  get byteLength(): number {
    return this.#bytes.length;
  }

  /** Whether both have the same bytes, in constant time. */
  equals(other: Secret): boolean {
    return this.#bytes.length === other.#bytes.length && timingSafeEqual(this.#bytes, other.#bytes);
  }

  /**
   * Makes a function that redacts texts of services, which may be hostile: it removes everything that can be decoded
   * to one of the secrets, texts in the form of a JWT, and random-looking texts.
   * @param words secrets that everyone knows, such as a published default: removed only in full
   */
  static scrubber(secrets: Iterable<Secret>, words: Iterable<Secret> = []): Scrubber {
    const bytesOf = (all: Iterable<Secret>) => [...all].map((secret) => secret.#bytes);
    return scrubberFor({ secrets: bytesOf(secrets), words: bytesOf(words) });
  }

  /**
   * Makes a function that removes everything from texts that can be decoded to one of the secrets, and keeps the
   * rest.
   */
  static hider(secrets: Iterable<Secret>, mark = hidden): Scrubber {
    return scrubberFor({ secrets: [...secrets].map((secret) => secret.#bytes), keepsRandom: true, mark });
  }

  /**
   * Makes a function that finds the secret that starts with the given hex digits, directly, encoded as hex or
   * base64, or as the key that it encodes, instead of its hash.
   */
  static beginnings(secrets: Iterable<Secret>): (digits: string) => Secret | null {
    const byBeginning = new Map<string, { spelling: string; secret: Secret }[]>();
    for (const secret of secrets) {
      const bytes = secret.#bytes;
      const spellings = [
        ...(['utf8', 'hex', 'base64'] as const).map((encoding) => bytes.toString(encoding, 0, longestDigits)),
        ...encodedIn(bytes.toString('utf8')).map((key) => key.toString('hex')),
      ];
      for (const one of spellings) {
        const spelling = one.slice(0, longestDigits).toLowerCase();
        if (!/^[0-9a-f]{8}/.test(spelling)) continue;
        const key = spelling.slice(0, gramLength);
        byBeginning.set(key, [...(byBeginning.get(key) ?? []), { spelling, secret }]);
      }
    }
    return (digits) => {
      const candidates = byBeginning.get(digits.slice(0, gramLength)) ?? [];
      const found = candidates.find(
        ({ spelling }) => spelling.startsWith(digits) || digits.startsWith(spelling),
      );
      return found?.secret ?? null;
    };
  }

  /** Makes a function that finds the secret of which a text contains a part, in any encoding. */
  static finder(secrets: Iterable<Secret>): (text: string | Secret) => Secret | null {
    const all = [...secrets];
    const holds = (some: readonly Secret[]) => {
      const hide = Secret.hider(some);
      return (text: string): boolean => hide([text])[0] !== text;
    };
    const holdsAny = holds(all);
    const eachHolds = all.map((secret) => holds([secret]));
    return (shown) => {
      const text = typeof shown === 'string' ? shown : shown.#bytes.toString('utf8', 0, longestSought);
      return holdsAny(text) ? (all.find((_, at) => eachHolds[at]?.(text)) ?? null) : null;
    };
  }

  /**
   * Makes a function that redacts jwtcheck's own texts, such as labels of a configuration: it removes every given
   * secret, and everything in the form of a JWT, from a text, directly or encoded for JSON, URLs, as base64 or hex.
   * Comparing how encodings start avoids searching for hundreds of them.
   */
  static redactor(secrets: Iterable<Secret>): (text: string) => string {
    const spellings = new Set<string>();
    for (const secret of secrets) for (const spelling of secret.#spellings()) spellings.add(spelling);
    const beginnings = new Set([...spellings].map((spelling) => spelling.slice(0, shortestRedacted)));
    const compile = () => {
      const longestFirst = [...spellings].sort((a, b) => b.length - a.length).map(literally);
      return new RegExp(longestFirst.join('|'), 'g');
    };
    let known: RegExp | null = null;
    return (text) => {
      if (!holdsAny(text, beginnings)) return redactTokens(text);
      known ??= compile();
      return redactTokens(text.replace(known, hidden));
    };
  }

  #spellings(): string[] {
    const plain = this.#bytes.toString('utf8');
    return [
      plain,
      plain.trim(),
      JSON.stringify(plain).slice(1, -1),
      encodeURIComponent(plain),
      this.#bytes.toString('base64').replace(/=+$/, ''),
      this.#bytes.toString('base64url'),
      this.#bytes.toString('hex'),
    ].filter((spelling) => spelling.length >= shortestRedacted);
  }

  toString(): string {
    return hidden;
  }

  toJSON(): string {
    return hidden;
  }

  [inspect.custom](): string {
    return hidden;
  }
}

function holdsAny(text: string, beginnings: ReadonlySet<string>): boolean {
  for (let at = 0; at + shortestRedacted <= text.length; at += 1) {
    if (beginnings.has(text.slice(at, at + shortestRedacted))) return true;
  }
  return false;
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
