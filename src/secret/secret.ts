import { timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';
import { gramLength } from './gram-index.js';
import { type Scrubber, scrubberFor } from './scrub.js';
import { redactTokens } from './token-shaped.js';

export { redactTokens };

const hidden = '[secret]';

/** Digits of the longest fingerprint. */
const longestDigits = 64;

/** Shorter values are too likely to be ordinary words for taking them out of what services say. */
const shortestRedacted = 3;

/**
 * Bytes that must never be shown: an HMAC key, a token, an expanded variable.
 * However it is printed, logged or serialised, it reads `[secret]`.
 */
export class Secret {
  readonly #bytes: Buffer;

  /** A string stands for its UTF-8 bytes. */
  constructor(value: string | Uint8Array) {
    this.#bytes = Buffer.from(value);
  }

  /**
   * The exact bytes. Called where fingerprints are made, proofs verified, tokens minted or sent, and a new version is
   * stored, nowhere else.
   */
  reveal(): Buffer {
    return this.#bytes;
  }

  /** How many bytes it has. */
  get byteLength(): number {
    return this.#bytes.length;
  }

  /** Whether both hold the same bytes, in time that does not depend on them. */
  equals(other: Secret): boolean {
    return this.#bytes.length === other.#bytes.length && timingSafeEqual(this.#bytes, other.#bytes);
  }

  /**
   * A function for what services say, which may be hostile: takes out whatever can be read back as any of the secrets,
   * what looks like a JWT, and what looks random.
   * @param words secrets that are known to everyone, such as a published default: taken out only where they are whole
   */
  static scrubber(secrets: Iterable<Secret>, words: Iterable<Secret> = []): Scrubber {
    const bytesOf = (all: Iterable<Secret>) => [...all].map((secret) => secret.#bytes);
    return scrubberFor({ secrets: bytesOf(secrets), words: bytesOf(words) });
  }

  /** A function that takes out of texts whatever can be read back as any of the secrets, and leaves the rest as it is. */
  static hider(secrets: Iterable<Secret>, mark = hidden): Scrubber {
    return scrubberFor({ secrets: [...secrets].map((secret) => secret.#bytes), keepsRandom: true, mark });
  }

  /**
   * A function that finds the secret of which hex digits in lower case are the beginning, as it is or as hex or base64
   * would write it, instead of its hash.
   */
  static beginnings(secrets: Iterable<Secret>): (digits: string) => Secret | null {
    const byBeginning = new Map<string, { spelling: string; secret: Secret }[]>();
    for (const secret of secrets) {
      for (const encoding of ['utf8', 'hex', 'base64'] as const) {
        const spelling = secret.#bytes
          .toString(encoding, 0, longestDigits)
          .slice(0, longestDigits)
          .toLowerCase();
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

  /**
   * A function for jwtcheck's own texts, such as labels of a configuration: takes every given secret, and whatever looks
   * like a JWT, out of a text: as it is, and as JSON, URLs, base64 and hex would write it. A look at how spellings begin
   * spares the search for hundreds of them.
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
