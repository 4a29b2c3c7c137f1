import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/packed.js';

const elsewhere = new Set(['node_modules', 'dist', '.git', '.jwtcheck']);

async function documents(folder = root): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = entries.map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return elsewhere.has(entry.name) ? [] : documents(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
  return (await Promise.all(found)).flat();
}

/** A document without what is shown in it as code. */
const prose = (text: string): string => text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '');

/** Anchors of headings as GitHub makes them. */
function anchorsIn(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose(text).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    let anchor = slug;
    for (let number = 1; anchors.has(anchor); number++) anchor = `${slug}-${number}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** What a link in a document of this path leads to, where that is not there. */
async function broken(from: string, link: string): Promise<string | null> {
  const [path = '', anchor] = link.split('#');
  const to = path === '' ? from : resolve(dirname(from), decodeURI(path));
  const wrong = `${relative(root, from)}: ${link}`;
  // A whole document is read for its anchors; anything else has only to be there.
  const text = await (to.endsWith('.md') ? readFile(to, 'utf8') : access(to)).catch(() => null);
  if (text === null) return wrong;
  return anchor === undefined || (typeof text === 'string' && anchorsIn(text).has(anchor)) ? null : wrong;
}

it('every link from a document to a file or a heading leads there', async () => {
  const wrong: string[] = [];
  let links = 0;
  for (const from of await documents()) {
    const text = prose(await readFile(from, 'utf8')).replaceAll(/`[^`\n]*`/g, '');
    for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      links += 1;
      const found = await broken(from, link);
      if (found !== null) wrong.push(found);
    }
  }
  expect(wrong).toEqual([]);
  expect(links).toBeGreaterThan(20);
});
