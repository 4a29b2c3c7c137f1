import { type TransformCode, transformCodes } from './codes.js';
import { transformOf, transforms } from './index.js';
import { asText, Input, type Transform, utf8, type Variant } from './transform.js';

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

/**
 * Receives other bytes, as a text of one character for each byte, and the steps that lead to them. Most of them are
 * compared and forgotten: no buffer is made of them.
 * @returns whether to continue
 */
export type Visit = (made: string, steps: readonly Step[]) => boolean;

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
      if (!visit(textOf(variant), [{ code, undone: false, usual: false, variant }])) return;
  }
}

/** What one transform made. */
interface First {
  readonly made: string;
  readonly step: Step;
}

/** What two transforms made. */
interface Pair {
  readonly made: string;
  readonly steps: readonly [Step, Step];
}

class Composer {
  readonly #input: Input;
  readonly #scope: Scope;
  readonly #visit: Visit;
  #left: number;
  #bytesLeft = mostBytes;

  constructor(bytes: Buffer, scope: Scope, visit: Visit) {
    this.#input = new Input(bytes, scope.names);
    this.#scope = scope;
    this.#visit = visit;
    this.#left = scope.most;
  }

  run(): void {
    const firsts = this.#singles();
    if (firsts === null || this.#scope.depth === 1 || this.#input.latin1.length > longestForTwo) return;
    const pairs = this.#pairs(expandable(firsts));
    if (pairs !== null && this.#scope.depth === 3) this.#triples(pairs);
  }

  /** Every single transform: the usual results of all, then the others. Never the same bytes twice in one direction. */
  #singles(): First[] | null {
    const applied = new Set<string>();
    const undone = new Set<string>();
    const firsts: First[] = [];
    const { side } = this.#scope;
    const reach = { side, among: transforms, most: Number.POSITIVE_INFINITY, all: true };
    const goesOn = results(this.#input, reach, (made, step) => {
      const seen = step.undone ? undone : applied;
      if (seen.has(made)) return true;
      seen.add(made);
      if (this.#isWorth(made)) firsts.push({ made, step });
      return this.#give(made, [step]);
    });
    return goesOn ? firsts : null;
  }

  /** After a usual transform the first results of every other one, after any other the usual ones. */
  #pairs(firsts: Iterable<First>): Pair[] | null {
    const usualPairs: Pair[] = [];
    const { side, names } = this.#scope;
    for (const { made: middle, step: first } of firsts) {
      const among = transforms.filter(({ code }) => code !== first.code);
      const reach = { side, among, most: mostFollowing, all: first.usual };
      const goesOn = results(new Input(middle, names), reach, (made, step) => {
        const steps = [first, step] as const;
        if (first.usual && step.usual && usualPairs.length < mostPairsExpanded)
          usualPairs.push({ made, steps });
        return this.#give(made, steps) && this.#left > leftForTriples;
      });
      if (!goesOn) return this.#left > 0 ? usualPairs : null;
    }
    return usualPairs;
  }

  #triples(pairs: readonly Pair[]): void {
    const { side, names } = this.#scope;
    for (const { made: middle, steps } of pairs) {
      const among = transforms.filter(({ code }) => last.has(code) && code !== steps[1].code);
      const reach = { side, among, most: mostFollowing, all: false };
      const give = (made: string, step: Step) => this.#give(made, [...steps, step]);
      if (!results(new Input(middle, names), reach, give)) return;
    }
  }

  #give(made: string, steps: readonly Step[]): boolean {
    if (!this.#isWorth(made)) return true;
    this.#left -= 1;
    this.#bytesLeft -= made.length;
    return this.#left >= 0 && this.#bytesLeft >= 0 && this.#visit(made, steps);
  }

  /**
   * Excludes the input, and results of only whitespace, quotes and the like: the remains of an empty value prove
   * nothing.
   */
  #isWorth(made: string): boolean {
    return /[0-9A-Za-z\x80-\xff]/.test(made) && made !== mark && made !== this.#input.latin1;
  }
}

/** A byte-order mark alone. */
const mark = utf8('\ufeff');

/** The results that get a second transform: all common ones, and the first few others of each transform. */
function* expandable(firsts: readonly First[]): Iterable<First> {
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const first of firsts) {
    const { made, step } = first;
    if (made.length === 0 || made.length > 2 * longestForTwo) continue;
    if (!step.usual) {
      const key = `${step.code} ${step.undone}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      if (count > (transformOf[step.code].loses === true ? mostCutsExpanded : mostExpanded)) continue;
    }
    if (seen.has(made)) continue;
    seen.add(made);
    yield first;
  }
}

/** Which results of which transforms to visit. */
interface Reach {
  readonly side: Scope['side'];
  readonly among: readonly Transform[];
  /** The maximum number of usual results of one transform in one direction, and of others. */
  readonly most: number;
  /** Whether to visit the others, too. */
  readonly all: boolean;
}

/**
 * The usual results of every transform, in both directions, and then the others.
 * @returns `false` if the visitor stopped
 */
function results(
  input: Input,
  { side, among, most, all }: Reach,
  visit: (made: string, step: Step) => boolean,
): boolean {
  // One of two mirrored transforms is sufficient.
  const directions = among.flatMap((transform) =>
    [false, true]
      .filter((undone) => transform.mirrored === undefined || undone === (side === 'suspect'))
      .map((undone) => ({ transform, undone, usualOnes: 0 })),
  );
  for (const usual of all ? [true, false] : [true]) {
    for (const direction of directions) {
      const { transform, undone } = direction;
      // The usual ones come first among all.
      const skipped = usual ? 0 : direction.usualOnes;
      let count = 0;
      let isFull = false;
      for (const variant of undone ? transform.undo(input, !usual) : transform.apply(input, !usual)) {
        count += 1;
        if (usual) direction.usualOnes = count;
        if (count <= skipped || isFull || variant.to === input.latin1) continue;
        if (!visit(textOf(variant), { code: transform.code, undone, usual, variant })) return false;
        isFull = count >= skipped + most;
        // If the others follow, the usual ones are counted to the end.
        if (isFull && !(usual && all)) break;
      }
    }
  }
  return true;
}

/** Bytes as a text of one character for each byte. */
const textOf = ({ to }: Variant): string => (typeof to === 'string' ? to : asText(to));

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
