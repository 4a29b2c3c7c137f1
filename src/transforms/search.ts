import { hash } from 'node:crypto';
import type { TransformCode } from './codes.js';
import { compose, composeSlowly, costOf, fullScope, placeOf, type Scope, type Step } from './compose.js';
import { isAscii, type Variant } from './transform.js';

/** Shorter fingerprints decide nothing. */
const prefix = 8;

/** Other bytes, and the description of how they came about. */
export interface Path {
  readonly bytes: Buffer;
  /** Of several steps the most specific one. */
  readonly code: TransformCode;
  /** `true`: all steps were undone, so that the bytes at the start of the search may be the changed ones. */
  readonly undone: boolean;
  /** The changes, first to last, in words that follow "holds the secret of secret_manager". */
  readonly text: string;
  readonly steps: readonly TransformCode[];
  /** One transform was undone and one applied: each side has its own fault, or the decoded text was trimmed. */
  readonly mixed: boolean;
  readonly facts: NonNullable<Variant['facts']>;
  /** A shell pipe that does the same; `null` if no safe one exists. */
  readonly filter: string | null;
}

/** A path that explains a fingerprint. */
export interface Hit extends Path {
  /** The fingerprint that was looked for. */
  readonly target: string;
  /** The number of candidates that were compared before a simpler path was ruled out. */
  readonly tried: number;
  /** Equally simple explanations by other bytes with the same fingerprint. */
  readonly alternatives: readonly string[];
}

/** The result of a search, and the number of candidates that it tried. */
export interface Found {
  readonly hits: readonly Hit[];
  readonly tried: number;
}

/**
 * Searches for these fingerprints among the transforms of the bytes, simplest paths first, and stops once all are
 * explained. Only matches are kept.
 */
export function search(bytes: Buffer, fingerprints: Iterable<string>, scope: Partial<Scope> = {}): Found {
  const whole = { ...fullScope, ...scope };
  const key = `${hash('sha256', bytes, 'hex')} ${JSON.stringify(whole)}`;
  const composed = remembered.get(key);
  const possible = [...fingerprints].filter((one) => composed?.starts.has(numberOf(one)) ?? true);
  if (composed !== undefined && possible.length === 0) return { hits: [], tried: composed.tried };
  const looking = new Looking(possible);
  run(looking, bytes, whole);
  // A search that explained everything stopped early, and will again.
  if (!looking.isDone) remembered.add(key, looking.composed);
  const { hits, tried } = looking.found;
  return { hits, tried: composed?.tried ?? tried };
}

function run(looking: Looking, bytes: Buffer, whole: Scope): void {
  let length = 0;
  compose(bytes, whole, (made, steps) => {
    if (steps.length > length && length > 0 && looking.settle()) return false;
    length = steps.length;
    looking.compare(made, steps);
    return true;
  });
  if (looking.settle() || whole.side === 'suspect' || whole.depth === 1) return;
  composeSlowly(bytes, whole, (made, steps) => {
    looking.compare(made, steps);
    return !looking.settle();
  });
}

/** The likeliest keys that transforms make from the bytes, up to a limit, each once: single transforms, the usual ones first. */
export function likeliest(bytes: Buffer, limit: number, scope: Partial<Scope> = {}): Path[] {
  const seen = new Map<string, Path>();
  compose(bytes, { ...fullScope, depth: 1, ...scope }, (made, steps) => {
    if (!seen.has(made)) seen.set(made, pathOf(made, steps));
    return seen.size < limit;
  });
  return [...seen.values()];
}

interface Match {
  readonly made: string;
  readonly steps: readonly Step[];
  readonly cost: number;
  readonly digest: string;
  readonly tried: number;
}

/** What a search compared: the first 32 bits of every hash, and their number, duplicates included. */
interface Composed {
  readonly starts: ReadonlySet<number>;
  readonly tried: number;
}

/** The first 32 bits of a fingerprint. */
const numberOf = (fingerprint: string): number => Number.parseInt(fingerprint.slice(0, prefix), 16) | 0;

/**
 * The latest searches that did not explain everything: a monitor would repeat one in every check while a difference
 * stays unexplained.
 */
class Remembered {
  /** Maximum number of remembered hashes: a few megabytes. */
  readonly #most = 200_000;
  readonly #all = new Map<string, Composed>();

  get(key: string): Composed | undefined {
    const found = this.#all.get(key);
    if (found !== undefined) this.add(key, found);
    return found;
  }

  add(key: string, composed: Composed): void {
    this.#all.delete(key);
    this.#all.set(key, composed);
    let size = 0;
    for (const { starts } of this.#all.values()) size += starts.size;
    for (const [oldest, { starts }] of this.#all) {
      if (size <= this.#most) return;
      this.#all.delete(oldest);
      size -= starts.size;
    }
  }
}

const remembered = new Remembered();

/** Fingerprints that are still unexplained, by their first digits. */
class Looking {
  readonly #open = new Map<string, Set<string>>();
  readonly #matches = new Map<string, Match[]>();
  readonly #hits: Hit[] = [];
  readonly #starts = new Set<number>();
  #tried = 0;

  constructor(fingerprints: Iterable<string>) {
    for (const fingerprint of fingerprints) {
      const start = fingerprint.slice(0, prefix);
      const known = this.#open.get(start);
      if (known === undefined) this.#open.set(start, new Set([fingerprint]));
      else known.add(fingerprint);
    }
  }

  get found(): Found {
    return { hits: this.#hits, tried: this.#tried };
  }

  get composed(): Composed {
    return { starts: this.#starts, tried: this.#tried };
  }

  get isDone(): boolean {
    return this.#open.size === 0;
  }

  compare(made: string, steps: readonly Step[]): void {
    this.#tried += 1;
    const digest = hash('sha256', isAscii(made) ? made : bytesOf(made), 'hex');
    const start = digest.slice(0, prefix);
    this.#starts.add(numberOf(start));
    const targets = this.#open.get(start);
    if (targets === undefined) return;
    for (const target of targets) {
      if (!digest.startsWith(target)) continue;
      const match = { made, steps, digest, cost: costOf(steps), tried: this.#tried };
      const known = this.#matches.get(target);
      if (known === undefined) this.#matches.set(target, [match]);
      else known.push(match);
    }
  }

  /** Takes the simplest matches; more steps would not be simpler. `true` if all fingerprints are explained. */
  settle(): boolean {
    for (const [target, matches] of this.#matches) {
      const [best, ...others] = matches.sort((a, b) => a.cost - b.cost);
      if (best === undefined) continue;
      const other = others.filter(({ digest }) => digest !== best.digest);
      this.#hits.push({
        ...pathOf(best.made, best.steps),
        target,
        tried: Math.max(best.tried, ...other.map(({ tried }) => tried)),
        alternatives: [...new Set(other.map(({ steps }) => textOf(steps)))],
      });
      const start = target.slice(0, prefix);
      const open = this.#open.get(start);
      open?.delete(target);
      if (open?.size === 0) this.#open.delete(start);
    }
    this.#matches.clear();
    return this.isDone;
  }
}

const bytesOf = (made: string): Buffer => Buffer.from(made, 'latin1');

function pathOf(made: string, steps: readonly Step[]): Path {
  const applied = steps.filter((step) => !step.undone);
  const mixed = applied.length > 0 && applied.length < steps.length;
  const filters = steps.map(({ undone, variant }) => (undone ? variant.filter : undefined));
  return {
    bytes: bytesOf(made),
    code: mostSpecific(mixed ? applied : steps),
    undone: applied.length === 0,
    text: textOf(steps),
    steps: steps.map(({ code }) => code),
    mixed,
    facts: Object.fromEntries(steps.flatMap(({ variant }) => Object.entries(variant.facts ?? {}))),
    filter: filters.includes(undefined) ? null : filters.filter((one) => one !== '').join(' | '),
  };
}

function mostSpecific(steps: readonly Step[]): TransformCode {
  const [first, ...others] = steps.map(({ code }) => code);
  if (first === undefined) throw new Error('a path has steps');
  return others.reduce((best, code) => (placeOf(code) > placeOf(best) ? code : best), first);
}

const textOf = (steps: readonly Step[]): string => steps.map(({ variant }) => variant.text).join(', then ');
