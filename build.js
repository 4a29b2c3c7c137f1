import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

// What is heavy and rarely used is not bundled: it is loaded from node_modules when it is needed.
const external = ['@google-cloud/secret-manager', 'google-gax'];

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { main: 'src/main.ts', index: 'src/index.ts' },
  outdir: 'dist',
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
await writeFile('dist/schema.json', execFileSync(process.execPath, ['bin/jwtcheck.js', 'config', 'schema']));
