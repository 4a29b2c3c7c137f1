// What is bundled of libraries instead of the whole of them, and why. Each part relies on how one version of a library is
// built inside: with another version the build fails here, before a program is shipped that fails where no test looks.
import { access, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

const root = join(import.meta.dirname, '..');

/** The versions that the parts below were written for. gcp-metadata has a copy of gaxios of its own. */
const versions = {
  '@google-cloud/secret-manager': ['6.3.0'],
  gaxios: ['7.1.3', '7.3.1'],
  'gcp-metadata': ['8.1.4'],
  'google-auth-library': ['10.5.0'],
  'google-gax': ['5.0.8'],
  'google-logging-utils': ['1.1.3'],
  'https-proxy-agent': ['7.0.6'],
  'node-fetch': ['3.3.2'],
  undici: ['7.30.2'],
};

/** Modules that stand in for others. */
const parts = {
  // undici's main module also loads its cookies, its cache and its mocks, and with them Node's own copy of undici: a quarter
  // of the start of a check.
  'undici-connections': `
    exports.Agent = require('undici/lib/dispatcher/agent.js');
    exports.Client = require('undici/lib/dispatcher/client.js');
    exports.buildConnector = require('undici/lib/core/connect.js');
    // The main module adds the methods of a dispatcher. The only one that is called opens a tunnel through a proxy.
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
  // The Secret Manager client is given its transport. Of gax itself it uses two functions, and gax would load gRPC.
  'gax-functions': `
    exports.loggingUtils = require('google-logging-utils');
    exports.decodeAnyProtosInArray = require('./node_modules/google-gax/build/src/util.js').decodeAnyProtosInArray;
  `,
  // Half a megabyte of messages for services that are never called; only names of them are looked up.
  'no-messages': '',
  // No request is sent over HTTP/2.
  'no-http2': "module.exports = () => { throw new Error('HTTP/2 is not supported'); };",
  // No answer with a multipart body is read.
  'no-multipart':
    "export const toFormData = () => { throw new Error('multipart bodies are not supported'); };",
};

const undiciParts = [
  [join('src', 'observe', 'network', 'undici.ts'), 'undici-connections'],
  [join('src', 'observe', 'probes', 'websocket', 'undici-websocket.ts'), 'undici-websocket'],
];

/** Makes requests and responses for Google's libraries. */
const fetchModule = join('src', 'observe', 'sources', 'google', 'fetch.ts');

/** Node's own classes of these names would load Node's copy of undici; those of the bundled one are the same. */
const fetchClasses = '{ FormData, Headers, Request, Response }';

/** A plugin for esbuild that bundles the parts instead of the libraries. */
export const libraryParts = {
  name: 'library-parts',
  setup({ onResolve, onLoad, onStart }) {
    onStart(() => checkVersions(Object.keys(versions).map((name) => join(root, 'node_modules', name))));
    // A module that moved would silently be bundled with the whole library.
    onStart(async () => {
      for (const path of [fetchModule, ...undiciParts.map(([path]) => path)]) await access(join(root, path));
    });
    const replace = (filter, part, applies = () => true) =>
      onResolve({ filter }, (args) => (applies(args) ? { path: part, namespace: 'parts' } : undefined));
    // Its main module also loads the clients of two beta versions of the API.
    onResolve({ filter: /^@google-cloud\/secret-manager$/ }, () => ({
      path: join(root, 'node_modules/@google-cloud/secret-manager/build/src/v1/index.js'),
    }));
    replace(/^google-gax$/, 'gax-functions', ({ importer }) => importer.includes('@google-cloud'));
    replace(/\/protos\/(iam_service|locations|operations)$/, 'no-messages');
    replace(/^https-proxy-agent$/, 'proxy-agent', ({ namespace }) => namespace !== 'parts');
    replace(/\/client-h2\.js$/, 'no-http2');
    replace(/\/multipart-parser\.js$/, 'no-multipart');
    onResolve({ filter: /^undici$/ }, ({ importer }) => ({
      path: undiciParts.find(([path]) => importer.endsWith(sep + path))?.[1] ?? 'undici-fetch',
      namespace: 'parts',
    }));
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
    onLoad({ filter: /google[/\\]fetch\.ts$/ }, async ({ path }) =>
      path.endsWith(sep + fetchModule)
        ? { contents: `import ${fetchClasses} from 'undici';\n${await readFile(path, 'utf8')}`, loader: 'ts' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'parts' }, ({ path }) => ({ resolveDir: root, contents: parts[path] }));
  },
};

/**
 * @param folders of packages; those that nothing is taken out of may be among them
 * @throws Error that names each library whose version is not the one that its part was written for
 */
export async function checkVersions(folders) {
  const read = folders.map(async (folder) => {
    const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const known = versions[name];
    return known === undefined || known.includes(version)
      ? []
      : [`${name} ${version} is installed, and its part was written for ${known.join(' and ')}`];
  });
  const problems = (await Promise.all(read)).flat();
  if (problems.length === 0) return;
  throw new Error(
    `${problems.join('; ')}: check in build/library-parts.js that each part still fits, run test/cli, then enter the new version`,
  );
}
