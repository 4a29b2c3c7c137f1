import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function pages(): Promise<string[]> {
  const under = async (folder: string): Promise<string[]> =>
    (await readdir(join(root, folder), { recursive: true })).map((name) => join(folder, name));
  const found = [...(await under('docs')), ...(await under('integrations'))];
  return ['README.md', ...found.filter((path) => path.endsWith('.md'))];
}

/** Where the links of a page lead, relative to the top; those to other sites and within the page are left out. */
async function targets(page: string): Promise<string[]> {
  const text = (await readFile(join(root, page), 'utf8')).replace(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/\]\(([^)#\s]+)/g)].flatMap(([, link = '']) =>
    /^[a-z]+:/.test(link) ? [] : [relative(root, join(root, dirname(page), link))],
  );
}

it('links of the documentation lead somewhere', async () => {
  const dead: string[] = [];
  for (const page of await pages()) {
    for (const target of await targets(page)) {
      const there = await stat(join(root, target)).catch(() => null);
      if (there === null) dead.push(`${page}: ${target}`);
    }
  }
  expect(dead).toEqual([]);
});

it('what the page of the endpoint leads to is in the package', async () => {
  const { files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const shipped = (target: string): boolean =>
    files.some((one: string) => target === one || target.startsWith(`${one}/`));
  const linked = await targets('docs/endpoint.md');
  expect(linked.length).toBeGreaterThan(4);
  expect(linked.filter((target) => !shipped(target))).toEqual([]);
});
