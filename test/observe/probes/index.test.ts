import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('loads neither undici nor jose before a probe is used', async () => {
  const { metafile } = await build({
    entryPoints: ['src/observe/probes/index.ts'],
    outdir: 'dist',
    write: false,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    metafile: true,
  });
  const atOnce = new Set<string>();
  const follow = (path: string): void => {
    if (atOnce.has(path)) return;
    atOnce.add(path);
    for (const used of metafile.outputs[path]?.imports ?? []) {
      if (used.kind === 'import-statement') follow(used.path);
    }
  };
  follow('dist/index.js');
  expect([...atOnce]).toContain('zod');
  expect([...atOnce]).not.toContain('undici');
  expect([...atOnce]).not.toContain('jose');
});
