import type { CandidateCode } from '../../../finding-codes.js';
import type { CandidateFingerprint, Fingerprint, Observation, Observations } from '../../../model.js';
import { sameFingerprint, shortestFingerprint } from '../../../secret/fingerprint.js';
import { literalCodes } from '../../../transforms/codes.js';
import { transforms } from '../../../transforms/index.js';
import type { Comparison } from '../../compare.js';
import { keysInUse, keysOf } from '../../keys-in-use.js';

/** A candidate that explains a participant's fingerprint. */
export interface Explanation {
  readonly suspect: Observation;
  readonly form: CandidateFingerprint;
  /** The owner of the changed secret: the suspect, or the right one. */
  readonly wrong: 'suspect' | 'reference';
  /** The participant that the suspect differs from; `null`: all others, or none in particular. */
  readonly against: string | null;
}

/**
 * The participants whose difference needs a cause: those that differ, or all if it is unknown which one is right; and
 * those without a fingerprint whose key was proved by tokens.
 */
export function explainable(observations: Observations, comparison: Comparison): Observation[] {
  const differing = new Set(comparison.differing);
  return observations.participants.filter((p) =>
    p.reading === null
      ? keysInUse(observations, comparison, p.name).length > 0 || differing.has(p.name)
      : comparison.divided || differing.has(p.name),
  );
}

/**
 * The best explanation of each suspect by this code, in either direction. Of the codes about bytes, only one explains a
 * suspect, because one change of bytes may look like another.
 */
export function explanations(
  observations: Observations,
  comparison: Comparison,
  code: CandidateCode,
): readonly Explanation[] {
  const known = cache.get(comparison);
  if (known?.observations === observations) return known.byCode.get(code) ?? [];
  const byCode = explainAll(observations, comparison);
  cache.set(comparison, { observations, byCode });
  return byCode.get(code) ?? [];
}

/** Every rule needs this, and the result is the same for all: the candidates are examined once. */
const cache = new WeakMap<
  Comparison,
  { observations: Observations; byCode: ReadonlyMap<CandidateCode, readonly Explanation[]> }
>();

function explainAll(observations: Observations, comparison: Comparison): Map<CandidateCode, Explanation[]> {
  const matches = matchesOf(observations, comparison);
  const byCode = new Map<CandidateCode, Explanation[]>();
  for (const suspect of explainable(observations, comparison)) {
    const best = new Map<string, Explanation>();
    for (const proof of matches(suspect)) {
      const key = isAboutBytes(proof.form.code) ? '' : proof.form.code;
      const before = best.get(key);
      if (before === undefined || rank(proof) < rank(before)) best.set(key, proof);
    }
    for (const proof of best.values()) {
      const found = byCode.get(proof.form.code);
      if (found === undefined) byCode.set(proof.form.code, [proof]);
      else found.push(proof);
    }
  }
  return byCode;
}

/** A code about bytes: its place in the order of claims, and whether the participant is rather at fault than the reference. */
interface AboutBytes {
  readonly order: number;
  readonly rarelyOfReference: boolean;
}

const aboutBytes: ReadonlyMap<CandidateCode, AboutBytes> = new Map(
  [...literalCodes.map((code) => ({ code })), ...transforms].map(
    (one, order): [CandidateCode, AboutBytes] => [
      one.code,
      { order, rarelyOfReference: 'apply' in one && (one.mirrored === true || one.loses === true) },
    ],
  ),
);

/**
 * The smaller, the better: fewer steps before more, then the order of the codes, then the fault of the suspect before that
 * of the reference.
 */
export function rank({ form, wrong }: Pick<Explanation, 'form' | 'wrong'>): number {
  const count = form.facts.steps?.length ?? 0;
  const { order = 0, rarelyOfReference = false } = aboutBytes.get(form.code) ?? {};
  const blamesReference = wrong === 'reference' ? 1 : 0;
  return count * 1000 + (rarelyOfReference ? blamesReference * 500 : 0) + order * 2 + blamesReference;
}

/** Whether it is one of the codes about bytes. */
export const isAboutBytes = (code: CandidateCode): boolean => aboutBytes.has(code);

/** The explanations of one fingerprint, from any participant that reports it. */
type Explained = (fingerprint: Fingerprint) => Omit<Explanation, 'suspect'>[];

/** Indexes the candidates once, so that each suspect takes a lookup, not a search. */
function matchesOf(
  observations: Observations,
  comparison: Comparison,
): (suspect: Observation) => Explanation[] {
  const explained = comparison.divided ? amongEquals(observations) : againstRight(observations, comparison);
  return (suspect) =>
    keysOf(observations, comparison, suspect)
      .flatMap(explained)
      .map((found) => ({ ...found, suspect }));
}

/** By fingerprint. The shorter of two decides, and none is shorter than this. */
class Index<T> {
  readonly #byPrefix = new Map<string, { fingerprint: Fingerprint; value: T }[]>();

  add(fingerprint: Fingerprint, value: T): void {
    const prefix = fingerprint.slice(0, shortestFingerprint);
    const entries = this.#byPrefix.get(prefix);
    if (entries === undefined) this.#byPrefix.set(prefix, [{ fingerprint, value }]);
    else entries.push({ fingerprint, value });
  }

  get(fingerprint: Fingerprint): T[] {
    const entries = this.#byPrefix.get(fingerprint.slice(0, shortestFingerprint)) ?? [];
    return entries.filter((e) => sameFingerprint(e.fingerprint, fingerprint)).map((e) => e.value);
  }
}

/** Values that are never a secret, independent of the right one. */
const noSecret: ReadonlySet<CandidateCode> = new Set(literalCodes);

const side = (suspectIsWrong: boolean): Explanation['wrong'] => (suspectIsWrong ? 'suspect' : 'reference');

/** Candidates from the right secret explain a suspect; candidates from a suspect's secret explain the right one. */
function againstRight(observations: Observations, comparison: Comparison): Explained {
  const against = comparison.reference?.name ?? null;
  // Without a reference the majority is right, and the largest group is the first.
  const right =
    comparison.reference?.fingerprint ??
    (observations.reference === null ? comparison.groups[0]?.fingerprint : undefined);
  const shown = fingerprintsByName(observations);
  const ofRight = new Index<CandidateFingerprint>();
  const ofSuspects = new Index<CandidateFingerprint>();
  const noSecrets: CandidateFingerprint[] = [];
  for (const form of observations.candidates) {
    const explainsRight = right !== undefined && sameFingerprint(form.fingerprint, right);
    const holder = form.of === null ? undefined : shown.get(form.of);
    const isRight = form.of === against || comparison.agrees.get(form.of ?? '') === true;
    if (form.of === null || isRight) ofRight.add(form.fingerprint, form);
    // Participants with the same fingerprint hold the same secret.
    else if (holder !== undefined && explainsRight) ofSuspects.add(holder, form);
    if (form.of === null && explainsRight && noSecret.has(form.code)) noSecrets.push(form);
  }
  return (fingerprint) => [
    ...ofRight.get(fingerprint).map((form) => ({ form, against, wrong: side(!form.undone) })),
    ...ofSuspects.get(fingerprint).map((form) => ({ form, against, wrong: side(form.undone) })),
    ...noSecrets.map((form) => ({ form, against, wrong: side(false) })),
  ];
}

/**
 * If it is unknown which secret is right, candidates from any secret explain any other, and the participant with the
 * changed one is the suspect. Of two that differ, only one is ever the suspect.
 */
function amongEquals(observations: Observations): Explained {
  const known = new Index<CandidateFingerprint>();
  const names = new Index<string>();
  const shown = fingerprintsByName(observations);
  for (const [name, fingerprint] of shown) names.add(fingerprint, name);
  const pairs = new Map<
    string,
    { distorted: Fingerprint; form: CandidateFingerprint; against: string | undefined }
  >();
  for (const form of observations.candidates) {
    if (form.of === null) {
      known.add(form.fingerprint, form);
      continue;
    }
    const holder = shown.get(form.of);
    const [other] = names.get(form.fingerprint);
    if (holder === undefined || other === undefined || !isAboutBytes(form.code)) continue;
    const [mine, theirs] = [holder, form.fingerprint].map((f) => f.slice(0, shortestFingerprint));
    if (mine === theirs) continue;
    const key = [mine, theirs].sort().join();
    const before = pairs.get(key);
    if (before !== undefined && rank(blamed(before.form)) <= rank(blamed(form))) continue;
    pairs.set(
      key,
      form.undone
        ? { distorted: holder, form, against: other }
        : { distorted: form.fingerprint, form, against: form.of },
    );
  }
  const distorted = new Index<{ form: CandidateFingerprint; against: string | null }>();
  for (const { distorted: fingerprint, form, against = null } of pairs.values())
    distorted.add(fingerprint, { form, against });
  return (fingerprint) => [
    ...known.get(fingerprint).map((form) => ({ form, against: null, wrong: side(true) })),
    ...distorted.get(fingerprint).map((found) => ({ ...found, wrong: side(true) })),
  ];
}

const blamed = (form: CandidateFingerprint): Pick<Explanation, 'form' | 'wrong'> => ({
  form,
  wrong: side(true),
});

function fingerprintsByName(observations: Observations): Map<string, Fingerprint> {
  const shown = new Map<string, Fingerprint>();
  for (const { name, reading } of observations.participants) {
    if (reading !== null) shown.set(name, reading.fingerprint);
  }
  return shown;
}
