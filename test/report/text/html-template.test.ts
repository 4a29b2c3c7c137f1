import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, html, lines, text, trusted } from '../../../src/report/text/html-template.js';
import { hostileTexts } from '../../support/hostile.js';
import { anyCharacter } from '../../support/random.js';

const anyText = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.string({ unit: anyCharacter }),
  fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '/', '=', 'a', ' ', '\n', '`', '$', '{') }),
);

describe('an HTML template', () => {
  it('lets no text become markup, wherever it stands', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        for (const inside of [
          html`${one}${other}`,
          text(`${one}${other}`),
          lines(one, other),
          concat(one, null, other),
          html`${[one, [other]]}`,
          html`${html`${one}`}${lines(html`${other}`)}`,
        ]) {
          const page = html`<p title="${inside}" lang="en">${inside}</p>`.toString();
          expect(page).toMatch(/^<p title="[^<>"']*" lang="en">[^<>"']*<\/p>$/);
          expect(page).not.toMatch(/[^\P{C}\n]|&(?!(?:amp|lt|gt|quot|#39|#58);)/u);
        }
      }),
    );
  });

  it('takes nothing for markup that only looks like it', () => {
    const pretender = { toString: () => '<b>', text: '<b>' };
    // @ts-expect-error: no value of another type is markup
    expect(html`${pretender}`.toString()).toBe('&lt;b&gt;');
    // @ts-expect-error: nor is a string
    const markup: ReturnType<typeof html> = '<b>';
    expect(html`${markup}`.toString()).toBe('&lt;b&gt;');
  });

  it('keeps the markup of its own, of nested templates, and of what is trusted', () => {
    expect(html`<i>${1}${null}${html`<b>&amp;</b>`}${trusted('<hr>')}</i>`.toString()).toBe(
      '<i>1<b>&amp;</b><hr></i>',
    );
  });

  it('puts the items of a list on lines of their own', () => {
    expect(lines(html`<i>`, null, 'a', ['b', html`</i>`]).toString()).toBe('<i>\na\nb\n</i>');
    expect(concat(html`<i>`, null, 'a').toString()).toBe('<i>a');
  });

  it('is opted out of only for the style of the HTML report and its policy', async () => {
    const folder = resolve(import.meta.dirname, '../../../src/report');
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
    const uses = await Promise.all(
      files.map(async (file) => {
        const source = await readFile(join(folder, file), 'utf8');
        return Array.from(source.matchAll(/\btrusted\(([^)\n]{0,20})/g), ([, what]) => `${file}: ${what}`);
      }),
    );
    expect(uses.flat().sort()).toEqual([
      "html/html.ts: `default-src 'none';",
      'html/html.ts: style',
      'text/html-template.ts: markup: string',
    ]);
  });
});
