import { timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

const hidden = '[secret]';

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

  /** The exact bytes. Called where fingerprints are made and where tokens are minted or sent, nowhere else. */
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

  /** The text with every occurrence of this secret taken out, as it is and as JSON, URL and base64 would write it. */
  redact(text: string): string {
    if (this.#bytes.length < shortestRedacted) return text;
    const plain = this.#bytes.toString('utf8');
    let clean = text;
    for (const form of new Set([
      plain,
      plain.trim(),
      JSON.stringify(plain).slice(1, -1),
      encodeURIComponent(plain),
      this.#bytes.toString('base64').replace(/=+$/, ''),
      this.#bytes.toString('base64url'),
      this.#bytes.toString('hex'),
    ])) {
      if (form.length >= shortestRedacted) clean = clean.replaceAll(form, hidden);
    }
    return clean;
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

/** Anything that begins like a JWT (`{"` in base64url), whole or cut off, also when it was encoded once more. */
const tokenShaped = /(?:eyJ|ZXlK)[\w+/=-]{5,}(?:\.[\w+/=-]*)*/g;

/** Takes every given secret, and whatever looks like a JWT, out of a text. */
export function redact(text: string, secrets: Iterable<Secret>): string {
  let clean = text;
  for (const secret of secrets) clean = secret.redact(clean);
  return clean.replace(tokenShaped, '[token]');
}
