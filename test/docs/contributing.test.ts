import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const page = readFileSync('CONTRIBUTING.md', 'utf8');

describe('CONTRIBUTING.md', () => {
  it('names only files and folders that exist', () => {
    const paths = [...page.matchAll(/`((?:src|test|build|bin|scripts|docs)\/[\w./-]*)`/g)].map(
      ([, path = '']) => path,
    );
    expect(paths.length).toBeGreaterThan(30);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('begins with one check, in less than a page', () => {
    const [, walk = ''] = /^## One check[^\n]*\n([\s\S]*?)^## /m.exec(page) ?? [];
    expect(walk).toContain('src/check/check.ts');
    expect(walk.split('\n').length).toBeLessThan(50);
    const first = [...page.matchAll(/^## (.*)$/gm)][0]?.[1];
    expect(first).toBe('One check, file by file');
  });
});
