import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

it('what services embed is small and stands alone', async () => {
  const code = await readFile(new URL('../../dist/endpoint.js', import.meta.url), 'utf8');
  expect(code.length).toBeLessThan(16_000);
  expect(code).not.toMatch(/^\s*import\b|\bimport\(|\brequire\(|\bprocess\b|\bBuffer\b/m);
});
