import { type TransformCode, transformCodes } from './codes.js';
import { transformOf, transforms } from './index.js';
import { Input, type Transform, type Variant } from './transform.js';

/** One transform, applied or undone. */
export interface Step {
  readonly code: TransformCode;
  /** `true`: it was undone, so that the bytes at its start may be the changed ones. */
  readonly undone: boolean;
  /** Whether it is one of the usual results of its transform. */
  readonly usual: boolean;
  readonly variant: Variant;
}

/** The limits of composition. */
export interface Scope {
  /** The maximum number of consecutive transforms. A third one is tried only after two common ones. */
  readonly depth: 1 | 2 | 3;
  /** The maximum number of compositions. */
  readonly most: number;
  /**
   * The owner of the bytes: the right secret by definition, or a participant that differs. It decides which of two
   * mirrored transforms is reported.
   */
  readonly side: 'right' | 'suspect';
  /** Variables that the configuration names. */
  readonly names: readonly string[];
}

/** Receives other bytes and the steps that lead to them. @returns whether to continue */
export type Visit = (bytes: Buffer, steps: readonly Step[]) => boolean;

export const fullScope: Scope = { depth: 3, most: 32_000, side: 'right', names: [] };

/** Longer inputs, in bytes, get one transform only. */
const longestForTwo = 512;

/** The maximum number of bytes in total, which take as long to hash as the compositions of a usual secret. */
const mostBytes = 24 * 1024 * 1024;

/**
 * The number of uncommon results of one transform that are composed with a second one, or that follow a common first
 * one.
 */
const mostExpanded = 8;
const mostCutsExpanded = 64;
const mostFollowing = 16;

/** The number of pairs of usual transforms that get a third one, and the compositions reserved for that. */
const mostPairsExpanded = 600;
const leftForTriples = 4000;

/** Transforms that happen last: the end of a file, quotes, a decoder. */
const last: ReadonlySet<TransformCode> = new Set([
  'trailing-newline',
  'crlf-line-ending',
  'quotes-kept',
  'base64-not-decoded',
  'base64-decoded',
]);

/**
 * Composes transforms of these bytes, breadth first: single ones before two, common ones before others. The same bytes
 * may occur more than once, by other steps; whitespace and the input never do.
 */
export function compose(bytes: Buffer, scope: Scope, visit: Visit): void {
  new Composer(bytes, scope, visit).run();
}

/** Composes what takes long. */
export function composeSlowly(bytes: Buffer, { names }: Scope, visit: Visit): void {
  const input = new Input(bytes, names);
  for (const { code, slow } of transforms) {
    for (const variant of slow?.(input) ?? [])
      if (!visit(asBytes(variant.to), [{ code, undone: false, usual: false, variant }])) return;
  }
}

/** Bytes, and the step that led there. */
interface First {
  readonly bytes: Buffer;
  readonly step: Step;
}

class Composer {
  readonly #bytes: Buffer;
  readonly #scope: Scope;
  readonly #visit: Visit;
  #left: number;
  #bytesLeft = mostBytes;

  constructor(bytes: Buffer, scope: Scope, visit: Visit) {
    this.#bytes = bytes;
    this.#scope = scope;
    this.#visit = visit;
    this.#left = scope.most;
  }

  run(): void {
    const firsts = this.#singles();
    if (firsts === null || this.#scope.depth === 1 || this.#bytes.length > longestForTwo) return;
    const pairs = this.#pairs(expandable(firsts));
    if (pairs !== null && this.#scope.depth === 3) this.#triples(pairs);
  }

  /** Every single transform: the usual results of all, then the others. Never the same bytes twice in one direction. */
  #singles(): First[] | null {
    const input = new Input(this.#bytes, this.#scope.names);
    const applied = new Set<string>();
    const undone = new Set<string>();
    const firsts: First[] = [];
    for (const usual of [true, false]) {
      for (const transform of transforms) {
        const goesOn = results(
          transform,
          input,
          this.#scope.side,
          usual,
          Number.POSITIVE_INFINITY,
          (made, step) => {
            const seen = step.undone ? undone : applied;
            const before = seen.size;
            seen.add(made.toString('latin1'));
            if (seen.size === before) return true;
            if (isWorth(made, this.#bytes)) firsts.push({ bytes: made, step });
            return this.#give(made, [step]);
          },
        );
        if (!goesOn) return null;
      }
    }
    return firsts;
  }

  /** After a usual transform the first results of every other one, after any other the usual ones. */
  #pairs(firsts: Iterable<First>): { bytes: Buffer; steps: readonly [Step, Step] }[] | null {
    const usualPairs: { bytes: Buffer; steps: readonly [Step, Step] }[] = [];
    for (const { bytes, step: first } of firsts) {
      const input = new Input(bytes, this.#scope.names);
      for (const usual of first.usual ? [true, false] : [true]) {
        for (const transform of transforms) {
          if (transform.code === first.code) continue;
          const goesOn = results(transform, input, this.#scope.side, usual, mostFollowing, (made, step) => {
            const steps = [first, step] as const;
            if (first.usual && usual && usualPairs.length < mostPairsExpanded)
              usualPairs.push({ bytes: made, steps });
            return this.#give(made, steps) && this.#left > leftForTriples;
          });
          if (!goesOn) return this.#left > 0 ? usualPairs : null;
        }
      }
    }
    return usualPairs;
  }

  #triples(pairs: readonly { bytes: Buffer; steps: readonly [Step, Step] }[]): void {
    for (const { bytes, steps } of pairs) {
      const input = new Input(bytes, this.#scope.names);
      for (const transform of transforms) {
        if (!last.has(transform.code) || transform.code === steps[1].code) continue;
        const give = (made: Buffer, step: Step) => this.#give(made, [...steps, step]);
        if (!results(transform, input, this.#scope.side, true, mostFollowing, give)) return;
      }
    }
  }

  #give(made: Buffer, steps: readonly Step[]): boolean {
    if (!isWorth(made, this.#bytes)) return true;
    this.#left -= 1;
    this.#bytesLeft -= made.length;
    return this.#left >= 0 && this.#bytesLeft >= 0 && this.#visit(made, steps);
  }
}

/** The results that get a second transform: all common ones, and the first few others of each transform. */
function* expandable(firsts: readonly First[]): Iterable<First> {
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const first of firsts) {
    const { bytes, step } = first;
    if (bytes.length === 0 || bytes.length > 2 * longestForTwo) continue;
    if (!step.usual) {
      const key = `${step.code} ${step.undone}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count > (transformOf[step.code].loses === true ? mostCutsExpanded : mostExpanded)) continue;
    }
    const before = seen.size;
    seen.add(bytes.toString('latin1'));
    if (seen.size > before) yield first;
  }
}

/** The usual results of a transform, or the others, in both directions. @returns `false` if the visitor stopped */
function results(
  { code, mirrored, apply, undo }: Transform,
  input: Input,
  side: Scope['side'],
  usual: boolean,
  most: number,
  visit: (made: Buffer, step: Step) => boolean,
): boolean {
  for (const undone of [false, true]) {
    // One of two mirrored transforms is sufficient.
    if (mirrored !== undefined && undone !== (side === 'suspect')) continue;
    const direction = undone ? undo : apply;
    // The usual ones come first among all.
    const skipped = usual ? 0 : sizeOf(direction(input, false));
    let count = 0;
    for (const variant of direction(input, !usual)) {
      count += 1;
      // Most variants equal the input: they are skipped before a buffer is made of them.
      if (count <= skipped || variant.to === input.latin1) continue;
      if (!visit(asBytes(variant.to), { code, undone, usual, variant })) return false;
      if (count >= skipped + most) break;
    }
  }
  return true;
}

function sizeOf(variants: Iterable<Variant>): number {
  let size = 0;
  for (const _ of variants) size += 1;
  return size;
}

const asBytes = (to: string | Buffer): Buffer => (typeof to === 'string' ? Buffer.from(to, 'latin1') : to);

/** A byte-order mark alone. */
const mark = Buffer.from('\ufeff');

/**
 * Excludes the input, and results of only whitespace, quotes and the like: the remains of an empty value prove nothing.
 */
function isWorth(made: Buffer, bytes: Buffer): boolean {
  if (made.length === bytes.length && made.equals(bytes)) return false;
  for (const byte of made) if (isLetterOrDigit(byte) || byte > 0x7f) return !made.equals(mark);
  return false;
}

const isLetterOrDigit = (byte: number): boolean =>
  (byte > 0x2f && byte < 0x3a) || ((byte | 0x20) > 0x60 && (byte | 0x20) < 0x7b);

const endings: ReadonlySet<TransformCode> = new Set(['trailing-newline', 'crlf-line-ending']);

const places = new Map<TransformCode, number>(transformCodes.map((code, index) => [code, index]));

/** The position of a code in the order in which causes are claimed. */
export const placeOf = (code: TransformCode): number => places.get(code) ?? 0;

/** The cost of a path. Likelier paths cost less: fewer steps, common ones, earlier codes, applied rather than undone. */
export function costOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { code, usual, undone }, index) => {
    // If the order does not matter, the end of a file comes last.
    const early = index < steps.length - 1 && !undone && endings.has(code) ? 0.25 : 0;
    return sum + placeOf(code) + (usual ? 0 : 100) + (undone ? 0.5 : 0) + early;
  }, steps.length * 1000);
}
