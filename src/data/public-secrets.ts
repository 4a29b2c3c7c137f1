import { open } from 'node:fs/promises';

/** The list's name, for a sentence. */
export const publicListName = 'wallarm/jwt-secrets, a public list';

/** Hex digits of SHA-256 that the list holds of each secret. */
export const publicDigits = 12;

/** How many different secrets are in the list. */
export const publicCount = 103_781;

/** Beside this module, in the sources as in the package. */
const file = new URL('./public-secrets.bin', import.meta.url);

const bytesEach = publicDigits / 2;

/** Entries read at once. SHA-256 spreads them evenly: where one is to be found is known to a few hundred places. */
const window = 1024;

/**
 * Which of these beginnings of SHA-256 (lower case hex) are those of secrets in the public list, compared on
 * `publicDigits` digits or as many as there are. A few kilobytes of the file are read for each, nothing is kept.
 * @throws Error where the file, which is part of the package, cannot be read
 */
export async function inPublicList(digests: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  if (digests.length === 0) return found;
  const handle = await open(file, 'r');
  try {
    const count = (await handle.stat()).size / bytesEach;
    const entries = async (from: number): Promise<number[]> => {
      const length = Math.min(window, count - from) * bytesEach;
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from * bytesEach);
      return Array.from({ length: Math.floor(bytesRead / bytesEach) }, (_, index) =>
        buffer.readUIntBE(index * bytesEach, bytesEach),
      );
    };
    for (const digest of digests) if (await contains(digest, count, entries)) found.add(digest);
  } finally {
    await handle.close();
  }
  return found;
}

/** Looks where the entry should be, and goes on to either side while it cannot be told. */
async function contains(
  digest: string,
  count: number,
  entries: (from: number) => Promise<number[]>,
): Promise<boolean> {
  const digits = digest.slice(0, publicDigits);
  const lowest = Number.parseInt(digits.padEnd(publicDigits, '0'), 16);
  const highest = Number.parseInt(digits.padEnd(publicDigits, 'f'), 16);
  const last = Math.max(0, count - window);
  const likely = Math.floor((lowest / 2 ** (4 * publicDigits)) * count) - window / 2;
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
