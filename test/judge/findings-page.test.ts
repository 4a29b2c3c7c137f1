import { expect, it } from 'vitest';
import { rules } from '../../src/judge/rules/index.js';
import { findingsPage } from './findings-page.js';

it('docs/findings.md says what the rules say; `npx vitest run test/judge/findings-page.test.ts -u` updates it', async () => {
  await expect(findingsPage(rules)).toMatchFileSnapshot('../../docs/findings.md');
});
