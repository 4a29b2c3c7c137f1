import { HtmlValidate } from 'html-validate';
import { expect, it } from 'vitest';
import { loadPage } from '../../../src/monitor/server/page-file.js';

it('the status page is valid HTML without a reference to anywhere else', async () => {
  const { html } = await loadPage();
  // What is minified has its own checks; empty headings and lists are filled by the script.
  const validator = new HtmlValidate({
    extends: ['html-validate:recommended'],
    rules: {
      'no-inline-style': 'error',
      'long-title': 'off',
      'doctype-style': 'off',
      'void-style': 'off',
      'no-trailing-whitespace': 'off',
    },
  });
  const { results } = await validator.validateString(html);
  expect(
    results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message, line }) => `${line} ${ruleId}: ${message}`),
    ),
  ).toEqual([]);
  expect([...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, target]) => target)).toEqual([
    'data:,',
    '#verdict',
    'report.json',
    'history.json?since=24h',
    'metrics',
    'report.json',
  ]);
});

it('its policy allows its own style and script by their hashes, and nothing else', async () => {
  const { policy } = await loadPage();
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; /,
  );
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});
