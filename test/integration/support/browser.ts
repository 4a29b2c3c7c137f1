import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { program } from './requirements.js';

/** A page that is watched: what it asked for, and what it complained of. */
export interface WatchedPage {
  readonly page: Page;
  /** Every URL that it asked for. */
  readonly requests: readonly string[];
  /** Errors and warnings of its console, and what it threw. */
  readonly complaints: readonly string[];
}

/** Starts Chromium. @throws Error that says what to install */
export function startBrowser(): Promise<Browser> {
  // Its own sandbox needs privileges that containers do not have; the pages are this project's own.
  return chromium.launch({ executablePath: program('chromium', 'chromium'), args: ['--no-sandbox'] });
}

/** Opens a page of its own profile. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ colorScheme: 'light', ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, requests, complaints };
}

/**
 * Runs in the page: every text whose contrast with what is behind it is under 4.5 (WCAG 2.2, 1.4.3), large text under 3.
 * An expression, for tests have no document.
 */
export const lowContrasts = `(() => {
  const parse = (color) => {
    const [r, g, b, a = 1] = color.match(/[\\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const luminance = ({ r, g, b }) => {
    const [R, G, B] = [r, g, b].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.a === 1) return color;
    }
    return { r: 255, g: 255, b: 255, a: 1 };
  };
  const low = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.textContent.trim();
    if (text === '' || element.closest('script, style, noscript, [hidden]') !== null || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const [one, other] = [luminance(parse(style.color)), luminance(behind(element))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    const least = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
    if (ratio < least) low.push(text.slice(0, 40) + ' ' + ratio.toFixed(2));
  }
  return low;
})()`;
