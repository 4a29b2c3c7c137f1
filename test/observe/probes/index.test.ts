import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('loads neither undici nor jose before a probe is used', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-'));
  try {
    const outfile = join(folder, 'probes.mjs');
    const result = await build({
      entryPoints: ['src/observe/probes/index.ts'],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      metafile: true,
    });
    const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports);
    const early = imports.filter((used) => used.kind === 'import-statement').map((used) => used.path);
    const late = imports.filter((used) => used.kind === 'dynamic-import').map((used) => used.path);
    expect(early.filter((path) => !path.startsWith('node:'))).toEqual(['zod']);
    expect(late).toEqual(expect.arrayContaining(['undici']));
  } finally {
    await rm(folder, { recursive: true });
  }
});
