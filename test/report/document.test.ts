import { expect, it } from 'vitest';
import { formatsPage } from './formats-page.js';

it('docs/formats.md shows what is written; `npx vitest run test/report/document.test.ts -u` writes it anew', async () => {
  await expect(formatsPage()).toMatchFileSnapshot('../../docs/formats.md');
});
