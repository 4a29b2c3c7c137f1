import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inPublicList, publicCount, publicDigits } from '../../src/data/public-secrets.js';

const size = publicDigits / 2;
const bytes = readFileSync(new URL('../../src/data/public-secrets.bin', import.meta.url));
const entries = Array.from({ length: bytes.length / size }, (_, i) =>
  bytes.subarray(i * size, (i + 1) * size).toString('hex'),
);
const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const among = (digest: string): Promise<boolean> => inPublicList([digest]).then((found) => found.has(digest));

describe('the public list', () => {
  it('is sorted, without repetition, and well under 1 MB', () => {
    expect(entries).toHaveLength(publicCount);
    expect(bytes.length).toBeLessThan(1_000_000);
    expect(entries.every((entry, i) => i === 0 || entry > (entries[i - 1] ?? ''))).toBe(true);
  });

  it('holds well-known secrets, and neither the empty one nor a placeholder of this project', async () => {
    for (const secret of ['secret', 'changeme', 'your-256-bit-secret', 'supersecret'])
      expect(await among(sha256(secret)), secret).toBe(true);
    expect(await among(sha256(''))).toBe(false);
    expect(await among(sha256('\r'))).toBe(false);
  });

  it('finds every entry that is looked up, from the first to the last, by 12 digits, 8 and 64', async () => {
    const some = entries.filter((_, i) => i < 3 || i > entries.length - 4 || i % 997 === 0);
    for (const digits of [publicDigits, 8]) {
      const asked = some.map((entry) => entry.slice(0, digits));
      expect(await inPublicList(asked)).toEqual(new Set(asked));
    }
    const whole = some.map((entry) => entry.padEnd(64, 'a'));
    expect(await inPublicList(whole)).toEqual(new Set(whole));
  });

  it('finds nothing between the entries', async () => {
    const known = new Set(entries);
    const beside = entries
      .filter((_, i) => i % 997 === 0)
      .map((entry) => (BigInt(`0x${entry}`) + 1n).toString(16).padStart(publicDigits, '0'))
      .filter((digest) => !known.has(digest));
    expect(beside.length).toBeGreaterThan(50);
    expect(await inPublicList([...beside, '0'.repeat(12), 'f'.repeat(12)])).toEqual(new Set());
  });

  it('holds no random secret', async () => {
    const random = Array.from({ length: 200 }, () => sha256(randomBytes(48)));
    expect(await inPublicList(random)).toEqual(new Set());
  });
});
