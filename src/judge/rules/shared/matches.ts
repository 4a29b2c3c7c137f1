import type { CandidateFingerprint, Fingerprint, Observation, Observations } from '../../../model.js';
import { sameFingerprint, shortestFingerprint } from '../../../secret/fingerprint.js';
import { type LiteralCode, literalCodes } from '../../../transforms/codes.js';
import type { Comparison } from '../../compare.js';
import { keysOf } from '../../keys-in-use.js';
import { type Explanation, isAboutBytes, rank } from './proof.js';

/** Everything that explains a suspect's fingerprint. */
export type CandidateMatches = (suspect: Observation) => Explanation[];

/** What explains one fingerprint, whoever shows it. */
type Explained = (fingerprint: Fingerprint) => Omit<Explanation, 'suspect'>[];

/** Goes through the forms once, so that each suspect takes a look-up, not a search. */
export function matchesOf(observations: Observations, comparison: Comparison): CandidateMatches {
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

const byItself: ReadonlySet<string> = new Set<LiteralCode>(literalCodes);

const side = (suspectIsWrong: boolean): Explanation['wrong'] => (suspectIsWrong ? 'suspect' : 'reference');

/** Forms of the right secret explain a suspect, forms of a suspect's secret explain the right one. */
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
    // Whoever shows the same fingerprint holds the same secret.
    else if (holder !== undefined && explainsRight) ofSuspects.add(holder, form);
    if (form.of === null && explainsRight && byItself.has(form.code)) noSecrets.push(form);
  }
  return (fingerprint) => [
    ...ofRight.get(fingerprint).map((form) => ({ form, against, wrong: side(!form.undone) })),
    ...ofSuspects.get(fingerprint).map((form) => ({ form, against, wrong: side(form.undone) })),
    ...noSecrets.map((form) => ({ form, against, wrong: side(false) })),
  ];
}

/**
 * Where nobody is known to be right, forms of anybody's secret explain anybody else's, and whoever holds the distorted
 * one is the suspect. Of two that differ only one is ever.
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
