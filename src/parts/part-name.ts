import { type PartName, shardOf } from '../config/shards.js';
import { printable } from '../schema/path.js';
import type { Part } from './part.js';

/** `part 2 of 3`, `part eu-private`, `part 2 of 3 of eu-private`, `the whole`. */
export function partName(part: PartName | null): string {
  const { shard = null, reach = null } = part ?? {};
  const network = reach === null ? '' : networkText(reach);
  if (shard === null) return network === '' ? 'the whole' : `part ${network}`;
  const name = `part ${shard.index} of ${shard.of}`;
  return network === '' ? name : `${name} of ${network}`;
}

const mostNamed = 5;

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  const first = names.slice(0, mostNamed).join(', ');
  return more > 0 ? `${first} and ${more} more` : first;
}

const networkText = (reach: readonly string[]): string => listed(reach.map(printable));

/** The networks of a part, as a key: parts of the same networks are shares of the same participants. */
export const networksOf = (part: PartName | null): string =>
  part === null ? 'whole' : JSON.stringify(part.reach === null ? null : [...part.reach].sort());

/** Shares that no document has. */
export interface MissingShares {
  readonly reach: PartName['reach'];
  readonly of: number;
  /** Ascending. */
  readonly indexes: readonly number[];
}

/** The missing shares of each set of networks. */
export function missingShares(parts: readonly Part[]): MissingShares[] {
  const groups = new Map<string, { reach: PartName['reach']; of: number; found: Set<number> }>();
  for (const { part } of parts) {
    if (part === null || part.shard === null) continue;
    const { reach, shard } = part;
    const group = groups.get(networksOf(part)) ?? { reach, of: shard.of, found: new Set() };
    group.found.add(shard.index);
    groups.set(networksOf(part), group);
  }
  return [...groups.values()].flatMap(({ reach, of, found }) => {
    const indexes = Array.from({ length: of }, (_, at) => at + 1).filter((index) => !found.has(index));
    return indexes.length === 0 ? [] : [{ reach, of, indexes }];
  });
}

/** `part 2 of 3 is missing`, `parts 2, 3 of 4 of eu-private are missing`. */
export function missingText({ reach, of, indexes }: MissingShares): string {
  const network = reach === null ? '' : ` of ${networkText(reach)}`;
  const [verb, plural] = indexes.length === 1 ? ['is', ''] : ['are', 's'];
  return `part${plural} ${listed(indexes.map(String))} of ${of}${network} ${verb} missing`;
}

/** The reason why no part observed a participant: its share is missing, or no part reaches its network. */
export function whyUnobserved(
  { name, reach }: { readonly name: string; readonly reach: string },
  parts: readonly Part[],
  missing: readonly MissingShares[],
): string {
  const own = missing.find(
    (one) => (one.reach === null || one.reach.includes(reach)) && one.indexes.includes(shardOf(name, one.of)),
  );
  if (own !== undefined) return missingText({ ...own, indexes: [shardOf(name, own.of)] });
  const isReached = parts.some(
    ({ part }) => part === null || part.reach === null || part.reach.includes(reach),
  );
  return isReached ? 'no part observed it' : `no part reached its network ${printable(reach)}`;
}
