import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** What is bundled instead of a whole package. */
const parts = {
  'undici-connections': `
    exports.Agent = require('undici/lib/dispatcher/agent.js');
    exports.Client = require('undici/lib/dispatcher/client.js');
    exports.buildConnector = require('undici/lib/core/connect.js');
    // As undici's main module does, of its methods the only one that is called: a proxy is asked for a tunnel by it.
    require('undici/lib/dispatcher/dispatcher.js').prototype.connect = require('undici/lib/api/api-connect.js');
  `,
  'undici-websocket': `
    exports.Dispatcher = require('undici/lib/dispatcher/dispatcher.js');
    exports.WebSocket = require('undici/lib/web/websocket/websocket.js').WebSocket;
  `,
  'undici-fetch': `
    exports.FormData = require('undici/lib/web/fetch/formdata.js').FormData;
    exports.Headers = require('undici/lib/web/fetch/headers.js').Headers;
    exports.Request = require('undici/lib/web/fetch/request.js').Request;
    exports.Response = require('undici/lib/web/fetch/response.js').Response;
  `,
  // Google's libraries load it late, and a bundled CommonJS package shows its names only in this way.
  'proxy-agent': "export { HttpsProxyAgent } from 'https-proxy-agent';",
  'gax-beside': `
    exports.loggingUtils = require('google-logging-utils');
    exports.decodeAnyProtosInArray = require('./node_modules/google-gax/build/src/util.js').decodeAnyProtosInArray;
  `,
  'no-messages': '',
  'no-http2': "module.exports = () => { throw new Error('HTTP/2 is not spoken'); };",
};

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
    // Beside gax itself, which it is given, the client takes two functions of it, with which gRPC would come along.
    onResolve({ filter: /^google-gax$/ }, ({ importer }) =>
      importer.includes('@google-cloud') ? { path: 'gax-beside', namespace: 'parts' } : undefined,
    );
    // Half a megabyte of messages for services that are never asked; only names of them are looked up.
    onResolve({ filter: /\/protos\/(iam_service|locations|operations)$/ }, () => ({
      path: 'no-messages',
      namespace: 'parts',
    }));
    onResolve({ filter: /^https-proxy-agent$/ }, ({ namespace }) =>
      namespace === 'parts' ? undefined : { path: 'proxy-agent', namespace: 'parts' },
    );
    onResolve({ filter: /\/client-h2\.js$/ }, () => ({ path: 'no-http2', namespace: 'parts' }));
    onResolve({ filter: /^undici$/ }, ({ importer }) => {
      const part = /src\/observe\/(network|probes)\/(?:websocket\/)?undici\.ts$/.exec(importer)?.[1];
      const path = { network: 'undici-connections', probes: 'undici-websocket' }[part] ?? 'undici-fetch';
      return { path, namespace: 'parts' };
    });
    // Node's own classes of these names would load Node's copy of undici; those of the one that is bundled are the same.
    const fetchClasses = '{ FormData, Headers, Request, Response }';
    onLoad(
      { filter: /node_modules\/(google-gax|google-auth-library|gaxios|gcp-metadata)\/.*\.js$/ },
      async ({ path }) => {
        const contents = await readFile(path, 'utf8');
        if (!/\b(FormData|Headers|Request|Response)\b/.test(contents)) return undefined;
        const isModule = /^(import|export) /m.test(contents);
        const from = isModule
          ? `import ${fetchClasses} from 'undici';`
          : `var ${fetchClasses} = require('undici');`;
        return { contents: `${from}\n${contents}`, loader: 'js' };
      },
    );
    onLoad({ filter: /google\/fetch\.ts$/ }, async ({ path }) => ({
      contents: `import ${fetchClasses} from 'undici';\n${await readFile(path, 'utf8')}`,
      loader: 'ts',
    }));
    onLoad({ filter: /.*/, namespace: 'parts' }, ({ path }) => ({
      resolveDir: import.meta.dirname,
      contents: parts[path],
    }));
  },
};

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
  plugins: [onlyWhatIsUsed],
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
const page = await statusPage();
// Beside the module that reads it: in the sources, where tests run, and in the package.
for (const path of ['src/monitor/server/page.html', 'dist/page.html']) await writeFile(path, page);
await writeFile(
  'dist/THIRD-PARTY-NOTICES.txt',
  await notices(Object.keys(metafile.inputs), outputFiles.filter(isLegal)),
);
await writeFile('dist/schema.json', execFileSync(process.execPath, ['bin/jwtcheck.js', 'config', 'schema']));

/** The status page: one document with its style and its script in it. */
async function statusPage() {
  const { outputFiles } = await build({
    entryPoints: { script: 'src/monitor/page/main.ts', style: 'src/monitor/page/page.css' },
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
async function notices(inputs, legal) {
  const folders = new Set(
    inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  const parts = [...folders].sort().map(async (folder) => {
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
