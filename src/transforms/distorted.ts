import { type DistortionCode, distortionCodes } from './codes.js';
import { asText, type Variant } from './distortion.js';
import { distortions } from './index.js';

/** Other bytes by one distortion, or by two. */
export interface Distorted extends Variant {
  /** Of two the more specific one. */
  readonly code: DistortionCode;
  /** `true`: they were undone, so that the bytes given may be the distorted ones. */
  readonly undone: boolean;
  /** What was done, first to last. */
  readonly steps: readonly DistortionCode[];
  /** One was undone and one applied: each side has a fault of its own, or what was decoded was trimmed. */
  readonly mixed?: true;
}

/** So many for one secret: to compute all their fingerprints takes less than 2 ms. */
const mostVariants = 500;

/** So many bytes of single ones all together, and of pairs besides. */
const mostBytes = 160 * 1024;
const mostBytesOfPairs = 32 * 1024;

/** Longer ones, in bytes, get single distortions only; much longer ones only those that cost nothing to find. */
const longestForTwo = 256;
const longestForAll = 1024;

/** Found without looking at every byte one by one. */
const cheap: ReadonlySet<DistortionCode> = new Set([
  'trailing-newline',
  'crlf-line-ending',
  'byte-order-mark',
  'quotes-kept',
  'truncated-at-newline',
  'truncated-length',
]);

/** What comes along with any other: ends of files. */
const endings: ReadonlySet<DistortionCode> = new Set(['trailing-newline', 'crlf-line-ending']);

/** What is put around a value, or taken off it. */
const wrappings: ReadonlySet<DistortionCode> = new Set([
  ...endings,
  'surrounding-whitespace',
  'byte-order-mark',
  'quotes-kept',
]);

/** How many of the first variants of each are usual enough to meet together with another distortion. */
const usual = new Map<DistortionCode, number>([
  ['trailing-newline', 1],
  ['crlf-line-ending', 1],
  ['surrounding-whitespace', 1],
  ['byte-order-mark', 1],
  ['quotes-kept', 2],
  ['base64-not-decoded', 2],
  ['url-encoded', 1],
]);

/** What decodes; what comes out is often trimmed afterwards. */
const decoders: ReadonlySet<DistortionCode> = new Set(['base64-decoded', 'hex-decoded']);

/** What can be taken off again exactly. Of blanks and newlines it cannot be told how many there were before. */
const exact: ReadonlySet<DistortionCode> = new Set([
  'byte-order-mark',
  'quotes-kept',
  'base64-not-decoded',
  'json-not-unwrapped',
]);

/** How much is looked for. */
export interface Scope {
  /** Two distortions, one after the other. */
  readonly pairs: boolean;
  /**
   * The other secret is at hand, too, and looked at in full: what is found from there is left out here. What was put
   * around it can be taken off there, and what was decoded here can be decoded there.
   */
  readonly beside: boolean;
}

/**
 * What known distortions make of bytes, and what these may have been before one. Single ones first, in the order in
 * which causes are claimed; never the same bytes twice in one direction, never the bytes given, never none.
 */
export function distorted(
  bytes: Buffer,
  { pairs, beside }: Scope = { pairs: true, beside: false },
): Distorted[] {
  const found = new Found(bytes);
  const known =
    bytes.length > longestForAll ? distortions.filter(({ code }) => cheap.has(code)) : distortions;
  const often: Distorted[] = [];
  for (const { code, apply, undo } of known) {
    const steps = [code];
    const count = usual.get(code) ?? 0;
    const applied = beside && exact.has(code) ? [] : apply(bytes);
    for (const [index, { bytes: made, text }] of applied.entries()) {
      const added = found.add({ bytes: made, text, code, undone: false, steps });
      if (added !== null && index < count) often.push(added);
    }
    const undone = beside && decoders.has(code) ? [] : undo(bytes);
    for (const { bytes: made, text } of undone) {
      found.add({ bytes: made, text, code, undone: true, steps });
    }
  }
  if (!pairs || bytes.length > longestForTwo) return found.all;
  const singles = [...found.all];
  found.leave(mostBytesOfPairs);
  for (const single of singles) if (single.undone) undoneThen(single, found);
  for (const single of often) oftenThen(single, found);
  for (const single of singles) if (!single.undone) appliedThen(single, found);
  return found.all;
}

/** Undone, then undone; and undone, then something else applied: each side has a fault of its own. */
function undoneThen(first: Distorted, found: Found): void {
  const wrapped = wrappings.has(first.code);
  for (const { code, apply, undo } of distortions) {
    if (found.full) return;
    const wraps = wrappings.has(code);
    if (wrapped || wraps) {
      for (const variant of undo(first.bytes)) found.add(both(first, variant, code, true));
    }
    if (wrapped || (first.code === 'json-not-unwrapped' && wraps)) {
      for (const variant of apply(first.bytes))
        found.add({ ...both(first, variant, code, false), code, mixed: true });
    }
  }
}

/** What is usual by itself is usual in pairs: `"R\n"` in quotes, base64 of a line with its newline. */
function oftenThen(first: Distorted, found: Found): void {
  for (const { code, apply } of distortions) {
    const count = usual.get(code) ?? 0;
    if (found.full || count === 0 || (endings.has(first.code) && endings.has(code))) continue;
    for (const variant of apply(first.bytes).slice(0, count)) found.add(both(first, variant, code, false));
  }
}

/** Anything may end in a newline besides; what was decoded may have been trimmed besides. */
function appliedThen(first: Distorted, found: Found): void {
  for (const { code, apply, undo } of distortions) {
    if (found.full) return;
    if (endings.has(code) && !endings.has(first.code)) {
      for (const variant of apply(first.bytes).slice(0, 1)) found.add(both(first, variant, code, false));
    }
    if (decoders.has(first.code) && wrappings.has(code)) {
      for (const variant of undo(first.bytes))
        found.add({ ...both(first, variant, code, false), code: first.code, mixed: true });
    }
  }
}

function both(first: Distorted, second: Variant, code: DistortionCode, undone: boolean): Distorted {
  const moreSpecific = distortionCodes.indexOf(code) > distortionCodes.indexOf(first.code);
  return {
    bytes: second.bytes,
    text: `${first.text}, ${second.text}`,
    code: moreSpecific ? code : first.code,
    undone,
    steps: [...first.steps, code],
  };
}

/** Gathers variants within the bounds. */
class Found {
  readonly all: Distorted[] = [];
  readonly #seen: readonly [Set<string>, Set<string>];
  readonly #least: number;
  #bytesLeft = mostBytes;

  constructor(original: Buffer) {
    const text = asText(original);
    this.#least = original.length;
    this.#seen = [new Set(['', text]), new Set(['', text])];
  }

  /** Room for so many bytes more. */
  leave(bytes: number): void {
    this.#bytesLeft = bytes;
  }

  /** Whether hardly anything would have room. */
  get full(): boolean {
    return this.all.length >= mostVariants || this.#bytesLeft < this.#least;
  }

  /** @returns what was added, or `null` where it is known already or there is no room */
  add(variant: Distorted): Distorted | null {
    if (this.all.length >= mostVariants || variant.bytes.length > this.#bytesLeft) return null;
    const seen = this.#seen[variant.undone ? 1 : 0];
    const before = seen.size;
    seen.add(asText(variant.bytes));
    if (seen.size === before) return null;
    this.#bytesLeft -= variant.bytes.length;
    this.all.push(variant);
    return variant;
  }
}
