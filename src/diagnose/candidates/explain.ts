import type { CandidateCode } from '../../finding-codes.js';
import type { Fingerprint } from '../../model.js';
import type { CandidateSecret } from '../../observe/candidate.js';
import type { Plan } from '../../observe/plan.js';
import { derive, fullFingerprintOf, sameFingerprint } from '../../secret/fingerprint.js';
import type { Secret } from '../../secret/secret.js';
import { fullScope, type Scope } from '../../transforms/compose.js';
import { type Hit, search } from '../../transforms/search.js';
import { candidateOf, distinct, type Holder, transformed } from './distorted.js';
import { namesIn } from './names.js';

/** The highest acceptable probability of a match by chance in one check. Above it, a match is only probable. */
const mostChance = 1e-4;

/**
 * Maximum number of compositions from the secrets of participants that differ, with and without a known right secret.
 */
const mostBeside = 12_000;
const mostWithoutRight = 40_000;
const leastOfOne = 150;
const mostOfOne = 20_000;

/** Maximum number of compositions from all other known secrets: older versions, other environments. */
const mostOfKnown = 5000;

/** Codes of known secrets that are a cause if a participant holds exactly one of them. */
const exactCodes: ReadonlySet<CandidateCode> = new Set([
  'stale-secret-version',
  'ahead-of-reference',
  'wrong-environment',
  'hardcoded-fallback',
]);

/** Fingerprints to explain, and the secrets that may explain them. */
export interface Unexplained {
  readonly holders: readonly Holder[];
  /** Other known secrets. */
  readonly known: readonly CandidateSecret[];
  /** Every fingerprint that a participant reports. */
  readonly shown: Iterable<Fingerprint>;
  /** The right fingerprint, if it is known. */
  readonly right: Fingerprint | null;
  readonly names: readonly string[];
  /** Fingerprints of additional accepted keys, which confirm an explanation of a shorter fingerprint. */
  readonly accepted?: readonly Fingerprint[];
  /** Whether a known token or proof of possession was made with exactly this key. */
  readonly isProved?: (secret: Secret) => boolean;
  /** How much is composed from the right secret. */
  readonly scope?: Partial<Scope>;
}

/**
 * Searches for compositions of known secrets that produce the reported fingerprints. Each secret is used once,
 * regardless of how many participants hold it. If the right secret is known, other secrets add only what it cannot
 * show, for example that it is itself truncated.
 */
export function explain({
  holders,
  known,
  shown,
  right,
  names,
  accepted = [],
  isProved,
  scope,
}: Unexplained): CandidateSecret[] {
  const every = [...new Set(shown)];
  const searches = new Searches([...every, ...accepted], isProved);
  const open = new Set(every);
  const each = distinct(holders);
  const ofRight = each.filter((holder) => holder.isRight);
  const others = each.filter((holder) => !holder.isRight);
  const found: CandidateSecret[] = [];
  // Where known secrets explain every fingerprint as they are, single transforms alone are tried.
  const exact = known.filter(({ code }) => exactCodes.has(code));
  const unchanged = [...ofRight, ...exact].map(({ secret }) => fullFingerprintOf(secret));
  const isExplained = every.every((fingerprint) =>
    unchanged.some((one) => sameFingerprint(one, fingerprint)),
  );
  const whole: Scope = { ...fullScope, ...scope, names, ...(isExplained ? { depth: 1 } : {}) };
  for (const { name, secret } of ofRight) {
    for (const { hit, made } of searches.run(secret, every, whole)) {
      open.delete(hit.target);
      found.push(candidateOf(name, hit, made));
    }
  }
  const most = share(ofRight.length > 0 ? mostBeside : mostWithoutRight, others.length);
  const depth = ofRight.length === 0 && others.length <= 3 && whole.depth !== 1 ? 2 : 1;
  const side = right === null ? 'right' : 'suspect';
  for (const { name, secret } of others) {
    const targets = right !== null ? [right] : every;
    for (const { hit, made } of searches.run(secret, targets, { depth, most, side, names }))
      found.push(candidateOf(name, hit, made));
  }
  for (const candidate of known) {
    const mostOfThis = share(mostOfKnown, known.length);
    for (const { hit, made } of searches.run(candidate.secret, open, {
      depth: 1,
      most: mostOfThis,
      side: 'right',
      names,
    }))
      found.push(transformed(candidate, hit, made));
  }
  return found.map((candidate) => searches.judged(candidate));
}

const share = (total: number, count: number): number =>
  Math.max(leastOfOne, Math.min(mostOfOne, Math.floor(total / Math.max(1, count))));

/** Searches, and their combined probability of a match by chance. */
class Searches {
  readonly #done: { readonly tried: number; readonly targets: number }[] = [];
  readonly #hits = new Map<Secret, Hit>();
  readonly #shown: readonly Fingerprint[];
  readonly #isProved: (secret: Secret) => boolean;

  /** @param shown every fingerprint that a participant reports, of any key */
  constructor(shown: readonly Fingerprint[], isProved: (secret: Secret) => boolean = () => false) {
    this.#shown = shown;
    this.#isProved = isProved;
  }

  run(
    secret: Secret,
    fingerprints: Iterable<Fingerprint>,
    scope: Scope,
  ): { readonly hit: Omit<Hit, 'bytes'>; readonly made: Secret }[] {
    const own = fullFingerprintOf(secret);
    const targets = [...fingerprints].filter((fingerprint) => !sameFingerprint(fingerprint, own));
    if (targets.length === 0) return [];
    return derive(
      secret,
      (bytes) => {
        const { hits, tried } = search(bytes, targets, scope);
        this.#done.push({ tried, targets: targets.length });
        return hits;
      },
      (hit, made) => {
        this.#hits.set(made, { ...hit, bytes: Buffer.alloc(0) });
        return { hit, made };
      },
    );
  }

  /** Whether something confirms the short fingerprint: a longer one, or a token or proof made with exactly this key. */
  #isConfirmed(secret: Secret, { target }: Hit, compared: number): boolean {
    const whole = fullFingerprintOf(secret);
    const isLonger = this.#shown.some(
      (shown) =>
        shown.length > target.length &&
        sameFingerprint(shown, whole) &&
        compared / 16 ** shown.length <= mostChance,
    );
    return isLonger || this.#isProved(secret);
  }

  /** The candidate, with the probability that only the digits match by chance. */
  judged(candidate: CandidateSecret): CandidateSecret {
    const hit = this.#hits.get(candidate.secret);
    if (hit === undefined) return candidate;
    const compared = this.#done.reduce(
      (sum, { tried, targets }) => sum + Math.min(tried, hit.tried) * targets,
      0,
    );
    const { alternatives } = hit;
    const isChance = compared / 16 ** hit.target.length > mostChance || alternatives.length > 0;
    if (!isChance || this.#isConfirmed(candidate.secret, hit, compared)) return candidate;
    return {
      ...candidate,
      facts: {
        ...candidate.facts,
        probably: true,
        tried: compared,
        ...(alternatives.length === 0 ? {} : { alternatives }),
      },
    };
  }
}

/** Variables and keys that the configuration names: a secret may be stored together with its name. */
export function variablesOf(plan: Plan): string[] {
  const names = namesIn(plan).flatMap(({ names: { variables } }) => variables);
  return [...new Set(names)].slice(0, 12);
}
