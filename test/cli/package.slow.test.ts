import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { root } from '../support/packed.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();

describe('the package', () => {
  it('has few files, and none of the sources', async () => {
    const args = ['pack', '--dry-run', '--offline', '--ignore-scripts', '--json'];
    const { stdout } = await promisify(execFile)('npm', args, { cwd: root });
    const [packed]: { files: { path: string }[] }[] = JSON.parse(stdout);
    const paths = (packed?.files ?? []).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['bin/jwtcheck.js', 'dist/main.js', 'dist/page.html']));
    expect(paths.filter((path) => path.startsWith('src/'))).toEqual([]);
    expect(paths.length).toBeLessThan(120);
  });

  it('reads little to print its help', async () => {
    const dist = join(root, 'dist');
    const program = (await readdir(dist)).find((name) => /^program-.*\.js$/.test(name)) ?? 'none';
    const texts = new Map<string, string>();
    const visit = async (name: string): Promise<void> => {
      if (texts.has(name)) return;
      const text = await readFile(join(dist, name), 'utf8');
      texts.set(name, text);
      for (const [, next = ''] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) await visit(next);
    };
    await visit('main.js');
    await visit(program);
    // Commander is the only library among them. Zod alone is larger.
    expect([...texts.values()].join('').length).toBeLessThan(140_000);
  });
});

describe('the parts of libraries', () => {
  const check = async (...folders: string[]): Promise<string> => {
    const module = pathToFileURL(join(root, 'build/library-parts.js')).href;
    const script = `import { checkVersions } from ${JSON.stringify(module)}; await checkVersions(process.argv.slice(1)).catch(({ message }) => console.log(message))`;
    const args = ['--input-type=module', '-e', script, ...folders];
    return (await promisify(execFile)(process.execPath, args)).stdout;
  };

  it('are not used with a version that they were not written for', async () => {
    const there = await folder({
      'undici/package.json': { name: 'undici', version: '99.0.0' },
      'chalk/package.json': { name: 'chalk', version: '99.0.0' },
    });
    expect(await check(join(there, 'chalk'))).toBe('');
    expect(await check(join(there, 'chalk'), join(there, 'undici'))).toMatch(
      /^undici 99\.0\.0 is installed, and its part was written for [\d.]+: check in build\/library-parts\.js/,
    );
  });
});
