import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { Plugin } from 'vitest/config';

/**
 * The sources as JavaScript that Node loads by itself: Vitest would transform each file for each run, and makes every
 * call of an import go through a getter, which takes a fifth of all processor time.
 */
const sources = resolve(import.meta.dirname, '../../src');
const compiled = resolve(import.meta.dirname, '../../.compiled');

/** Compiles every source to the same place below `.compiled`; what else stands beside them is copied. */
export async function compileSources(): Promise<void> {
  const paths = await filesBelow(sources);
  const isSource = (path: string): boolean => path.endsWith('.ts');
  await build({
    entryPoints: paths.filter(isSource).map((path) => join(sources, path)),
    outbase: sources,
    outdir: compiled,
    format: 'esm',
    target: 'node20.19',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  for (const path of paths.filter((path) => !isSource(path))) {
    await mkdir(dirname(join(compiled, path)), { recursive: true });
    await copyFile(join(sources, path), join(compiled, path));
  }
  const made = new Set(paths.map((path) => path.replace(/\.ts$/, '.js')));
  for (const path of await filesBelow(compiled)) if (!made.has(path)) await rm(join(compiled, path));
}

const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

/** Lets the tests of one run import what `compileSources` made. While Vitest watches, sources are loaded as they are. */
export function compiledSources(): Plugin {
  let isWatching = false;
  return {
    name: 'compiled-sources',
    enforce: 'pre',
    configureVitest: ({ vitest }) => {
      isWatching = vitest.config.watch;
    },
    resolveId: (id, importer) => {
      if (isWatching || importer === undefined || !/^\.{1,2}\//.test(id)) return null;
      const path = resolve(dirname(importer), id);
      if (!path.startsWith(`${sources}/`)) return null;
      const target = join(compiled, path.slice(sources.length)).replace(/\.ts$/, '.js');
      return existsSync(target) ? { id: target, external: true } : null;
    },
  };
}
