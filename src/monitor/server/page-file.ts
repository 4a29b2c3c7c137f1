import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** The status page: one document, and its permissions. */
export interface Page {
  readonly html: string;
  /** Its Content-Security-Policy: nothing from other origins, and no markup built from text. */
  readonly policy: string;
  /** Changes with the document. */
  readonly version: string;
}

/** The path of the page, which the build makes from src/monitor/page: the same one from the sources and from the bundle. */
const pagePath = (): string => createRequire(import.meta.url).resolve('#status-page');

const sha256 = (content: string): string => createHash('sha256').update(content).digest('base64');

const hashesOf = (html: string, tag: 'style' | 'script'): string =>
  [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))]
    .map(([, content = '']) => `'sha256-${sha256(content)}'`)
    .join(' ');

/** @throws Error if the document, which is part of the package, cannot be read */
export async function loadPage(): Promise<Page> {
  const html = await readFile(pagePath(), 'utf8');
  const policy = [
    "default-src 'none'",
    `script-src ${hashesOf(html, 'script')}`,
    `style-src ${hashesOf(html, 'style')}`,
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return { html, policy, version: sha256(html).slice(0, 12) };
}
