import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inDigestList } from '../../src/data/digest-list.js';
import { placeholderPhrases, publicSecrets } from '../../src/data/public-secrets.js';

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

describe.each([publicSecrets, placeholderPhrases])('the list of $name', (list) => {
  const { digits: listDigits, count } = list;
  const size = listDigits / 2;
  const bytes = readFileSync(list.file);
  const entries = Array.from({ length: bytes.length / size }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size).toString('hex'),
  );
  const among = (digest: string): Promise<boolean> =>
    inDigestList(list, [digest]).then((found) => found.has(digest));

  it('is sorted, without repetition, and well under 1 MB', () => {
    expect(entries).toHaveLength(count);
    expect(bytes.length).toBeLessThan(1_000_000);
    expect(entries.every((entry, i) => i === 0 || entry > (entries[i - 1] ?? ''))).toBe(true);
  });

  it('holds well-known secrets, and neither the empty one nor a carriage return', async () => {
    const known =
      list === publicSecrets
        ? ['secret', 'changeme', 'your-256-bit-secret', 'supersecret']
        : [
            'your-secret-key',
            'dev-secret-change-me',
            'YourSuperSecretKeyHere',
            'REPLACE_WITH_A_LONG_RANDOM_SECRET',
          ];
    for (const secret of known) expect(await among(sha256(secret)), secret).toBe(true);
    expect(await among(sha256(''))).toBe(false);
    expect(await among(sha256('\r'))).toBe(false);
  });

  it('finds every entry that is looked up, from the first to the last, by its digits, by 8 and by 64', async () => {
    const some = entries.filter((_, i) => i < 3 || i > entries.length - 4 || i % 997 === 0);
    for (const digits of [listDigits, 8]) {
      const asked = some.map((entry) => entry.slice(0, digits));
      expect(await inDigestList(list, asked)).toEqual(new Set(asked));
    }
    const whole = some.map((entry) => entry.padEnd(64, 'a'));
    expect(await inDigestList(list, whole)).toEqual(new Set(whole));
  });

  it('finds nothing between the entries', async () => {
    const known = new Set(entries);
    const beside = entries
      .filter((_, i) => i % 997 === 0)
      .map((entry) => (BigInt(`0x${entry}`) + 1n).toString(16).padStart(listDigits, '0'))
      .filter((digest) => !known.has(digest));
    expect(beside.length).toBeGreaterThan(50);
    expect(await inDigestList(list, [...beside, '0'.repeat(12), 'f'.repeat(12)])).toEqual(new Set());
  });

  it('holds no random secret', async () => {
    const random = Array.from({ length: 200 }, () => sha256(randomBytes(48)));
    expect(await inDigestList(list, random)).toEqual(new Set());
  });
});

describe('the placeholders', () => {
  it('are those that their words make', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-'));
    try {
      const made = join(folder, 'phrases.bin');
      execFileSync(process.execPath, ['scripts/placeholder-phrases.js', made]);
      expect(readFileSync(placeholderPhrases.file).equals(readFileSync(made))).toBe(true);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
