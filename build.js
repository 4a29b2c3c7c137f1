import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * The main modules of some packages load far more than is used: undici's its cookies, and with them Node's own copy of
 * undici; Secret Manager's the clients of two beta versions. What is used is bundled alone: every start is faster for it.
 */
const onlyWhatIsUsed = {
  name: 'only-what-is-used',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@google-cloud\/secret-manager$/ }, () => ({
      path: join(import.meta.dirname, 'node_modules/@google-cloud/secret-manager/build/src/v1/index.js'),
    }));
    onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'parts' }));
    onLoad({ filter: /.*/, namespace: 'parts' }, () => ({
      resolveDir: import.meta.dirname,
      contents: `
        exports.Agent = require('undici/lib/dispatcher/agent.js');
        exports.Client = require('undici/lib/dispatcher/client.js');
        exports.Dispatcher = require('undici/lib/dispatcher/dispatcher.js');
        exports.buildConnector = require('undici/lib/core/connect.js');
        exports.WebSocket = require('undici/lib/web/websocket/websocket.js').WebSocket;
      `,
    }));
  },
};

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
  plugins: [onlyWhatIsUsed],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  logLevel: 'warning',
  // What bundled CommonJS expects to be there.
  banner: {
    js: [
      "import { createRequire as __createRequire } from 'node:module';",
      'const require = __createRequire(import.meta.url);',
      'const { filename: __filename = "", dirname: __dirname = "" } = import.meta;',
    ].join(' '),
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
