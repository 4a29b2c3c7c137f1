import type { ObserveContext } from '../../context.js';
import { TaskPool } from '../../task-pool.js';
import type { SecretVersion } from '../source.js';
import { access, list, type Place } from './calls.js';

/** Maximum number of versions to fetch at once. */
const width = 8;

/** How many numbers to try for each requested version without permission to list: some may be disabled. */
const triesEach = 3;

export interface Wanted {
  /** Number of the version that was read. */
  readonly current: number;
  /** Number of older versions, and of newer ones. */
  readonly history: number;
  /** Whether newer versions can exist: `latest` has none. */
  readonly newer: boolean;
}

/**
 * Reads other enabled versions, newest first: by listing if that is allowed, otherwise by counting. Failures are
 * omitted.
 */
export async function otherVersions(
  place: Place,
  wanted: Wanted,
  context: ObserveContext,
): Promise<SecretVersion[]> {
  const listed = await list(place, wanted, context);
  if (listed === null) return byCounting(place, wanted, context);
  const held = await new TaskPool(width).all(listed, async ({ number, createdAt, replacedAt }) => {
    const read = await access(place, String(number), context);
    return read.ok ? [{ version: read.value.version, createdAt, replacedAt, secret: read.value.secret }] : [];
  });
  return held.flat();
}

/** The accessor role can read every version, but cannot list them. */
async function byCounting(place: Place, wanted: Wanted, context: ObserveContext): Promise<SecretVersion[]> {
  const newer: SecretVersion[] = [];
  if (wanted.newer) {
    const latest = await access(place, 'latest', context);
    if (latest.ok)
      newer.push(
        ...(await countDown(place, Number(latest.value.version) + 1, wanted.current, wanted, context)),
      );
  }
  return [...newer, ...(await countDown(place, wanted.current, 0, wanted, context))];
}

/** The enabled versions between two numbers, both exclusive, in descending order. */
async function countDown(
  place: Place,
  from: number,
  to: number,
  { history }: Wanted,
  context: ObserveContext,
): Promise<SecretVersion[]> {
  const found: SecretVersion[] = [];
  let number = from - 1;
  for (let tries = history * triesEach; tries > 0 && number > to && found.length < history; ) {
    const count = Math.min(history - found.length, width, tries, number - to);
    const numbers = Array.from({ length: count }, (_, index) => number - index);
    const reads = await Promise.all(numbers.map((n) => access(place, String(n), context)));
    for (const read of reads) {
      if (read.ok)
        found.push({
          version: read.value.version,
          createdAt: null,
          replacedAt: null,
          secret: read.value.secret,
        });
    }
    number -= count;
    tries -= count;
    if (context.signal.aborted) break;
  }
  return found;
}
