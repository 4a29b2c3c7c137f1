import { open } from 'node:fs/promises';

/** A file with the first bytes of the SHA-256 of secrets, in ascending order and without separators. */
export interface DigestList {
  readonly file: URL;
  /** Number of hex digits of SHA-256 for each secret: an even number. */
  readonly digits: number;
  /** Number of different secrets. */
  readonly count: number;
}

/**
 * Number of entries to read at once. SHA-256 values are evenly distributed, so that the position of an entry is known
 * to within a few hundred places.
 */
const window = 1024;

/** For more digests than this, the whole file is read. */
const mostReads = 100;

/**
 * Finds those of the `digests` (lower case hex) whose secrets are in the list, compared by as many digits as both
 * have. Reads a few kilobytes of the file for each; nothing is kept.
 * @throws Error if the file, which is part of the package, cannot be read
 */
export async function inDigestList(list: DigestList, digests: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  if (digests.length === 0) return found;
  const bytesEach = list.digits / 2;
  const handle = await open(list.file, 'r');
  try {
    const count = (await handle.stat()).size / bytesEach;
    const whole = digests.length > mostReads ? await handle.readFile() : null;
    const entries = async (from: number): Promise<number[]> => {
      const length = Math.min(window, count - from) * bytesEach;
      const start = from * bytesEach;
      const { buffer, bytesRead } =
        whole === null
          ? await handle.read(Buffer.alloc(length), 0, length, start)
          : { buffer: whole.subarray(start, start + length), bytesRead: length };
      return Array.from({ length: Math.floor(bytesRead / bytesEach) }, (_, index) =>
        buffer.readUIntBE(index * bytesEach, bytesEach),
      );
    };
    for (const digest of digests) if (await contains(list.digits, digest, count, entries)) found.add(digest);
  } finally {
    await handle.close();
  }
  return found;
}

/** Reads at the estimated position, and continues in one direction until the position is certain. */
async function contains(
  listDigits: number,
  digest: string,
  count: number,
  entries: (from: number) => Promise<number[]>,
): Promise<boolean> {
  const digits = digest.slice(0, listDigits);
  const lowest = Number.parseInt(digits.padEnd(listDigits, '0'), 16);
  const highest = Number.parseInt(digits.padEnd(listDigits, 'f'), 16);
  const last = Math.max(0, count - window);
  const likely = Math.floor((lowest / 2 ** (4 * listDigits)) * count) - window / 2;
  let from = Math.min(Math.max(0, likely), last);
  for (;;) {
    const read = await entries(from);
    const before = (read[0] ?? 0) >= lowest && from > 0;
    const after = (read.at(-1) ?? highest) < lowest && from < last;
    // Consecutive reads overlap by one entry, so that the search never changes direction.
    if (before) from = Math.max(0, from - window + 1);
    else if (after) from = Math.min(last, from + window - 1);
    else return read.some((entry) => entry >= lowest && entry <= highest);
  }
}
