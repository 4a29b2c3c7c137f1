import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Report } from '../../src/model.js';
import { htmlReport } from '../../src/report/html/html.js';
import { viewOf } from '../../src/report/view/view.js';
import { hostileTexts, reportHolding } from '../support/hostile.js';
import { plainStyle } from '../support/style.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
let browser: Browser;

beforeAll(async () => {
  if (!existsSync(executablePath))
    throw new Error(`${executablePath} is missing: install chromium, or name one with CHROMIUM`);
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
}, 60_000);
afterAll(() => browser?.close());

/** Opens a report as a file, and remembers whatever the page complains of or asks for. */
async function opened(report: Report, options: Parameters<Browser['newPage']>[0] = {}) {
  const file = join(await folder({}), 'report.html');
  await writeFile(file, htmlReport(viewOf(report), plainStyle));
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  const url = pathToFileURL(file).href;
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url) complaints.push(request.url());
  });
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  await page.goto(url);
  return { page, complaints };
}

/** The luminance contrast of the text of an element to what is behind it (WCAG 2.2, 1.4.3). */
const contrasts = (page: Page): Promise<number[]> =>
  page.evaluate<number[]>(`(() => {
    const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const behind = (node) => {
      for (let at = node; at; at = at.parentElement) {
        const colour = rgb(getComputedStyle(at).backgroundColor);
        if (colour.length < 4 || colour[3] > 0) return colour;
      }
      return [255, 255, 255];
    };
    return [...document.querySelectorAll('h1,h2,h3,p,td,th,dt,dd,code,pre,caption,summary,.word,.faint')].map((node) => {
      const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
      return (a + 0.05) / (b + 0.05);
    });
  })()`);

it.each(['light', 'dark'] as const)(
  'is styled by its own style, with enough contrast: %s',
  async (colorScheme) => {
    const { page, complaints } = await opened(reportHolding('backend'), { colorScheme });
    const paper = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(paper).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 24, 31)');
    expect(Math.min(...(await contrasts(page)))).toBeGreaterThanOrEqual(4.5);
    expect(complaints).toEqual([]);
    await page.close();
  },
);

it('never scrolls sideways as a whole, however narrow and however long a name is', async () => {
  for (const text of ['backend', 'x'.repeat(300)]) {
    const { page } = await opened(reportHolding(text), { viewport: { width: 360, height: 700 } });
    const widths = await page.evaluate<number[]>('[document.documentElement.scrollWidth, innerWidth]');
    expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
    await page.close();
  }
});

it('is the same page whatever names hold: nothing runs, nothing is loaded, no element more', async () => {
  const shape =
    '[...document.querySelectorAll("*")].map((node) => node.tagName + " " + node.getAttributeNames())';
  const { page, complaints } = await opened(reportHolding('backend'));
  const expected = await page.evaluate<string[]>(shape);
  for (const text of hostileTexts) {
    await page.setContent(htmlReport(viewOf(reportHolding(text)), plainStyle));
    expect(await page.evaluate<string[]>(shape), text).toEqual(expected);
  }
  expect(complaints).toEqual([]);
  await page.close();
}, 60_000);

it('shows the very characters of a name', async () => {
  const text = '</code><b title="x">&amp; ::error:: ]]> %0A | `';
  const { page } = await opened(reportHolding(text));
  const names = await page.evaluate<string[]>(
    '[...document.querySelectorAll("tbody th code")].map((node) => node.textContent)',
  );
  expect(names).toContain(text);
  await page.close();
});
