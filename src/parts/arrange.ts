import { jsonDigest } from '../schema/canonical-json.js';
import { formatElapsed } from '../schema/duration.js';
import { quoted } from '../schema/path.js';
import type { Part } from './part.js';
import { type MissingShares, missingShares, networksOf, partName } from './part-name.js';
import type { NamedPart, PartProblem } from './read-part.js';

/** Parts that belong together, each once. */
export interface ArrangedParts {
  readonly ok: true;
  /** By their names, so that the order of the documents does not matter. */
  readonly parts: readonly [NamedPart, ...NamedPart[]];
  readonly missing: readonly MissingShares[];
  /** Notes for the reader of the report. */
  readonly notes: readonly string[];
}

/** Parts that belong together, or what prevents that. */
export type Arranged = ArrangedParts | { readonly ok: false; readonly problems: readonly PartProblem[] };

/** Parts that were observed at times further apart are named: what changed in between looks like a difference. */
const mostApartMs = 15 * 60_000;

/** Checks that documents are parts of one check, and orders them. Of the same part, the newest is used. */
export function arrange(given: readonly [NamedPart, ...NamedPart[]]): Arranged {
  const problems = foreignParts(given);
  if (problems.length > 0) return { ok: false, problems };
  const { newest, notes } = newestOfEach(given);
  const [first, ...rest] = newest.sort(inOrder);
  if (first === undefined) return { ok: false, problems };
  const starts = newest.map(startOf);
  const apart = Math.max(...starts) - Math.min(...starts);
  return {
    ok: true,
    parts: [first, ...rest],
    missing: missingShares(newest.map(({ part }) => part)),
    notes:
      apart <= mostApartMs
        ? notes
        : [
            ...notes,
            `the parts were observed ${formatElapsed(apart)} apart: a secret that changed in between looks like a difference`,
          ],
  };
}

const startOf = ({ part }: NamedPart): number => Date.parse(part.startedAt);

/** A part may have been run again: the later run is used. */
function newestOfEach(given: readonly NamedPart[]): { newest: NamedPart[]; notes: string[] } {
  const newest = new Map<string, NamedPart>();
  const notes: string[] = [];
  for (const one of given) {
    const key = JSON.stringify([networksOf(one.part.part), one.part.part?.shard?.index ?? null]);
    const other = newest.get(key);
    const [older, newer] =
      other === undefined ? [null, one] : startOf(one) < startOf(other) ? [one, other] : [other, one];
    newest.set(key, newer);
    if (older !== null)
      notes.push(
        `${quoted(older.path)} is ignored: ${partName(one.part.part)} is in ${quoted(newer.path)}, too, and was not observed earlier`,
      );
  }
  return { newest: [...newest.values()], notes };
}

function inOrder({ part: { part: a } }: NamedPart, { part: { part: b } }: NamedPart): number {
  const [one, other] = [networksOf(a), networksOf(b)];
  if (one !== other) return one < other ? -1 : 1;
  return (a?.shard?.index ?? 0) - (b?.shard?.index ?? 0);
}

/** The members that must be the same in all parts, the most general first. */
const sharedFacts = ['environment', 'configuration', 'selection', 'whole', 'participants'] as const;
type SharedFact = (typeof sharedFacts)[number];

const factOf: Readonly<Record<SharedFact, (part: Part) => string>> = {
  environment: ({ environment }) => environment,
  configuration: ({ configuration }) => configuration,
  selection: ({ selection }) => selection,
  whole: ({ part }) => (part === null ? 'a whole check' : 'a part of a check'),
  participants: ({ all, reference, algorithm }) =>
    jsonDigest([reference, algorithm, all.map(({ name, required }) => [name, required])]),
};

const difference: Readonly<Record<SharedFact, (found: string, usual: string) => string>> = {
  environment: (found, usual) => `it is of the environment ${quoted(found)}, not of ${quoted(usual)}`,
  configuration: () => 'it was observed with another configuration',
  selection: () => 'it was observed with other flags, such as --only, --no-probes or --controls',
  whole: (found, usual) => `it is ${found}, not ${usual}`,
  participants: () => 'it is about other participants',
};

/** Documents that are not parts of the same check as most of the others. */
function foreignParts(given: readonly NamedPart[]): PartProblem[] {
  for (const fact of sharedFacts) {
    const problems = otherThanMost(given, factOf[fact], difference[fact]);
    if (problems.length > 0) return problems;
  }
  const byNetworks = new Map<string, NamedPart[]>();
  for (const one of given) {
    const key = networksOf(one.part.part);
    byNetworks.set(key, [...(byNetworks.get(key) ?? []), one]);
  }
  const splitOf = ({ part }: Part): string => (part?.shard == null ? 'all' : `one of ${part.shard.of} parts`);
  return [...byNetworks.values()].flatMap((group) =>
    otherThanMost(group, splitOf, (found, usual) => `it is ${found}, not ${usual}`),
  );
}

function otherThanMost(
  given: readonly NamedPart[],
  of: (part: Part) => string,
  words: (found: string, usual: string) => string,
): PartProblem[] {
  const facts = given.map(({ part }) => of(part));
  const usual = commonest(facts);
  const example = given[facts.indexOf(usual)];
  return given.flatMap(({ path }, at): PartProblem[] => {
    const found = facts[at];
    if (found === usual || found === undefined || example === undefined) return [];
    return [
      { path, message: `is no part of the same check as ${quoted(example.path)}: ${words(found, usual)}` },
    ];
  });
}

/** The first of the most frequent. */
function commonest(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let [best, most] = ['', 0];
  for (const [value, count] of counts) if (count > most) [best, most] = [value, count];
  return best;
}
