import { open } from 'node:fs/promises';

/** A file of the first bytes of SHA-256 over secrets, in ascending order, one after the other. */
export interface DigestList {
  readonly file: URL;
  /** Hex digits of SHA-256 that it holds of each secret: an even number. */
  readonly digits: number;
  /** How many different secrets are in it. */
  readonly count: number;
}

/** Entries read at once. SHA-256 spreads them evenly: where one is to be found is known to a few hundred places. */
const window = 1024;

/** For more digests than this the file is read once as a whole. */
const mostReads = 100;

/**
 * The beginnings of SHA-256 (lower case hex) among `digests` that are those of secrets in the list, compared on as many
 * digits as both have. A few kilobytes of the file are read for each; nothing is kept.
 * @throws Error where the file, which is part of the package, cannot be read
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

/** Looks where the entry should be, and continues to either side while it cannot be told. */
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
    // One entry is read twice, so that the search never turns round.
    if (before) from = Math.max(0, from - window + 1);
    else if (after) from = Math.min(last, from + window - 1);
    else return read.some((entry) => entry >= lowest && entry <= highest);
  }
}
