import { hash } from 'node:crypto';
import type { TransformCode } from './codes.js';
import { compose, composeSlowly, costOf, fullScope, placeOf, type Scope, type Step } from './compose.js';
import type { Variant } from './transform.js';

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
  const looking = new Looking(fingerprints);
  const whole = { ...fullScope, ...scope };
  let length = 0;
  compose(bytes, whole, (made, steps) => {
    if (steps.length > length && length > 0 && looking.settle()) return false;
    length = steps.length;
    looking.compare(made, steps);
    return true;
  });
  if (looking.settle() || whole.side === 'suspect' || whole.depth === 1) return looking.found;
  composeSlowly(bytes, whole, (made, steps) => {
    looking.compare(made, steps);
    return !looking.settle();
  });
  return looking.found;
}

/** The likeliest keys that transforms make from the bytes, up to a limit, each once: single transforms, the usual ones first. */
export function likeliest(bytes: Buffer, limit: number, scope: Partial<Scope> = {}): Path[] {
  const seen = new Map<string, Path>();
  compose(bytes, { ...fullScope, depth: 1, ...scope }, (made, steps) => {
    const key = made.toString('latin1');
    if (!seen.has(key)) seen.set(key, pathOf(made, steps));
    return seen.size < limit;
  });
  return [...seen.values()];
}

interface Match {
  readonly bytes: Buffer;
  readonly steps: readonly Step[];
  readonly cost: number;
  readonly digest: string;
  readonly tried: number;
}

/** Fingerprints that are still unexplained, by their first digits. */
class Looking {
  readonly #open = new Map<string, Set<string>>();
  readonly #matches = new Map<string, Match[]>();
  readonly #hits: Hit[] = [];
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

  compare(bytes: Buffer, steps: readonly Step[]): void {
    this.#tried += 1;
    const digest = hash('sha256', bytes, 'hex');
    const targets = this.#open.get(digest.slice(0, prefix));
    if (targets === undefined) return;
    for (const target of targets) {
      if (!digest.startsWith(target)) continue;
      const match = { bytes, steps, digest, cost: costOf(steps), tried: this.#tried };
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
        ...pathOf(best.bytes, best.steps),
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
    return this.#open.size === 0;
  }
}

function pathOf(bytes: Buffer, steps: readonly Step[]): Path {
  const applied = steps.filter((step) => !step.undone);
  const mixed = applied.length > 0 && applied.length < steps.length;
  const filters = steps.map(({ undone, variant }) => (undone ? variant.filter : undefined));
  return {
    bytes,
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
