import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build } from 'esbuild';
import { chunkGroups } from './build/chunks.js';
import { checkVersions, libraryParts } from './build/library-parts.js';

const { metafile, outputFiles } = await build({
  entryPoints: { main: 'src/main.ts', index: 'src/index.ts', thread: 'src/observe/network/thread.ts' },
  outdir: 'dist',
  write: false,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  target: 'node20.19',
  plugins: [chunkGroups, libraryParts],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'external',
  logLevel: 'warning',
  metafile: true,
  // What bundled CommonJS expects to be there.
  banner: {
    js: [
      "import { createRequire as __createRequire } from 'node:module';",
      'const require = __createRequire(import.meta.url);',
      'const { filename: __filename = "", dirname: __dirname = "" } = import.meta;',
    ].join(' '),
  },
});

const packages = [
  ...new Set(
    Object.keys(metafile.inputs).flatMap(
      (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
    ),
  ),
].sort();
await checkVersions(packages);

/** What services embed stands alone, and runs wherever there are Request, Response and WebCrypto. */
const endpoint = await build({
  entryPoints: { endpoint: 'src/endpoint/index.ts' },
  outdir: 'dist',
  write: false,
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2023',
  minifySyntax: true,
  minifyWhitespace: true,
  // Node prints the line that threw if a service does not catch the error.
  lineLimit: 160,
  logLevel: 'warning',
});

// The declarations are made by build-types.js, and stay.
await mkdir('dist', { recursive: true });
const before = (await readdir('dist')).filter((name) => /\.(js|txt)$/.test(name));
// Comments with licences go with the notices of the packages that they are from.
const isLegal = ({ path }) => path.endsWith('.LEGAL.txt');
const files = [...outputFiles.filter((file) => !isLegal(file)), ...endpoint.outputFiles];
for (const { path, contents } of files) await writeFile(path, contents);
const written = new Set(files.map(({ path }) => basename(path)));
for (const name of before) if (!written.has(name)) await rm(`dist/${name}`, { force: true });
for (const list of ['public-secrets.bin', 'public-secrets.br', 'placeholder-phrases.bin'])
  await copyFile(`src/data/${list}`, `dist/${list}`);
await writeFile('dist/page.html', await statusPage());
await writeFile('dist/THIRD-PARTY-NOTICES.txt', await notices(packages, outputFiles.filter(isLegal)));
await writeFile('dist/schema.json', execFileSync(process.execPath, ['bin/jwtcheck.js', 'config', 'schema']));

/** The status page: one document with its style and its script in it. */
async function statusPage() {
  const { outputFiles } = await build({
    entryPoints: { script: 'src/monitor/page/page.ts', style: 'src/monitor/page/page.css' },
    outdir: 'dist',
    write: false,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    logLevel: 'warning',
  });
  const text = (name) => outputFiles.find(({ path }) => basename(path) === name).text.trim();
  const html = await readFile('src/monitor/page/page.html', 'utf8');
  return html
    .replace('<!-- style -->', () => `<style>${text('style.css')}</style>`)
    .replace('<!-- script -->', () => `<script>${text('script.js')}</script>`);
}

/** Name, version and licence of every package that is bundled, and where the data comes from. */
async function notices(folders, legal) {
  const parts = folders.map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? `Licence: ${license}` : await readFile(`${folder}/${file}`, 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  const comments = [...new Set(legal.map(({ text }) => text.trim()))].sort();
  if (comments.length > 0)
    parts.push(Promise.resolve(`Comments in the sources of these packages\n\n${comments.join('\n\n')}\n`));
  const list = await readFile('src/data/README.md', 'utf8');
  parts.push(Promise.resolve(`public-secrets.bin\n\n${list.trim()}\n`));
  return `jwtcheck contains these packages and data.\n\n${(await Promise.all(parts)).join(`\n${'-'.repeat(80)}\n\n`)}`;
}
