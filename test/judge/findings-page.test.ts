import { expect, it } from 'vitest';
import { findingsPage } from '../../src/judge/findings-page.js';
import { rules } from '../../src/judge/rules/index.js';

it('docs/findings.md says what the rules say; `npx vitest run test/judge/document.test.ts -u` writes it anew', async () => {
  await expect(findingsPage(rules)).toMatchFileSnapshot('../../docs/findings.md');
});
