import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

// Heavy and rarely needed: not bundled, but loaded from node_modules when it is.
const external = ['@google-cloud/secret-manager', 'google-gax'];

const next = await mkdtemp('dist-');
await build({
  entryPoints: { main: 'src/main.ts', index: 'src/index.ts' },
  outdir: next,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  target: 'node20.19',
  external,
  minifySyntax: true,
  legalComments: 'linked',
  logLevel: 'warning',
  // Bundled CommonJS asks for node's own modules with require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
});

// The declarations in dist/types are made by tsc, and stay.
await mkdir('dist', { recursive: true });
const isOurs = (name) => name.endsWith('.js') || name.endsWith('.txt');
const old = new Set((await readdir('dist')).filter(isOurs));
for (const name of await readdir(next)) {
  await rename(`${next}/${name}`, `dist/${name}`);
  old.delete(name);
}
await Promise.all([...old].map((name) => rm(`dist/${name}`, { force: true })));
await rm(next, { recursive: true });
await writeFile('dist/schema.json', execFileSync(process.execPath, ['bin/jwtcheck.js', 'config', 'schema']));
