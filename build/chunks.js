// Small modules that are bundled together.
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');

/**
 * Groups of modules. esbuild makes one chunk for each set of entries that share modules: without groups, fifty more chunks of
 * a few hundred bytes, each of them a file to open. The modules of a group go into one or two chunks, because each entry of the
 * group is made to need all of them. An entry is a module that is loaded late. Of a folder, the modules that need no library.
 */
const groups = {
  // The help needs these, and so does everything else.
  start: {
    isEntry: () => true,
    modules: [
      'src/attempt-model.ts',
      'src/cli/commands/rotate/actions.ts',
      'src/cli/flags.ts',
      'src/config/controls.ts',
      'src/config/trust-variables.ts',
      'src/errors.ts',
      'src/fix/action.ts',
      'src/judge/exit-code.ts',
      'src/model.ts',
      'src/observation-model.ts',
      'src/report/format-names.ts',
      'src/report/text/sanitize.ts',
      'src/report/text/wrap.ts',
      'src/rotation-model.ts',
      'src/schema/duration.ts',
      'src/schema/path.ts',
      'src/schema/read-json.ts',
      'src/schema/shell-quote.ts',
      'src/schema/suggest.ts',
      'src/system/error-code.ts',
      'src/version.ts',
      'src/vocabulary.ts',
    ],
  },
  // Most commands need most of these.
  always: {
    isEntry: () => true,
    modules: [
      'src/cli/commands/check/targets.ts',
      'src/cli/init/prompt.ts',
      'src/config/describe-error.ts',
      'src/config/parse/syntax-tree.ts',
      'src/judge/rule.ts',
      'src/monitor/event-types.ts',
      'src/monitor/print/output-recipient.ts',
      'src/notify/sender.ts',
      'src/observe/network/error-messages.ts',
      'src/observe/network/network-errors.ts',
      'src/observe/network/proxy.ts',
      'src/observe/network/thread-messages.ts',
      'src/observe/task-pool.ts',
      'src/report/json.ts',
      'src/report/pretty/action-lines.ts',
      'src/report/pretty/event-text.ts',
      'src/report/text/',
      'src/report/view/remedy.ts',
      'src/report/view/status.ts',
      'src/report/view/summary.ts',
      'src/schema/',
      'src/system/',
    ],
  },
  // What reads a configuration loads zod, and with it these.
  checking: {
    isEntry: (packages) => packages.has('zod'),
    modules: [
      'src/check/emulators.ts',
      'src/check/read-reference.ts',
      'src/check/selection.ts',
      'src/check/share.ts',
      'src/check/time-limits.ts',
      'src/cli/shown-flags.ts',
      'src/config/expand/interpolate.ts',
      'src/config/expand/label.ts',
      'src/config/load.ts',
      'src/config/selection-flags.ts',
      'src/config/shards.ts',
      'src/finding-codes.ts',
      'src/judge/keys-in-use.ts',
      'src/judge/participants.ts',
      'src/judge/phrases.ts',
      'src/judge/rules/shared/explanations.ts',
      'src/judge/signing.ts',
      'src/observe/attempts.ts',
      'src/observe/candidate.ts',
      'src/observe/memory.ts',
      'src/observe/proofs.ts',
      'src/observe/readings.ts',
      'src/observe/sources/reader.ts',
      'src/observe/tokens/mint-endpoint.ts',
      'src/observe/tokens/minters.ts',
      'src/parts/part-name.ts',
      'src/parts/part.ts',
      'src/report/view/',
      'src/rotation/deviations.ts',
      'src/rotation/key-use.ts',
      'src/rotation/rotation-record.ts',
      'src/secret/fingerprint.ts',
      'src/transforms/codes.ts',
      'src/transforms/compose.ts',
      'src/transforms/literals.ts',
      'src/transforms/search.ts',
    ],
  },
};

/** Modules that are loaded late and are no entries: what is used of a library. */
const alone = /\/(?:parse-yaml|undici|undici-websocket|grpc)\.ts$/;

/** The small package that suggestions use. */
const ofSuggestions = 'fastest-levenshtein';

async function sourcesOf(folder) {
  const names = await readdir(join(root, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(root, folder, name));
}

const fileOf = (from, specifier) => join(from, '..', specifier.replace(/\.js$/, '.ts'));

/** The packages that a module loads at once, itself or through others. */
async function packagesOf(path, seen = new Set(), packages = new Set()) {
  if (seen.has(path)) return packages;
  seen.add(path);
  const text = await readFile(path, 'utf8').catch(() => '');
  for (const [, name] of text.matchAll(/^(?:import|export)(?! type\b)[^;]*? from '([^']+)'/gm)) {
    if (name.startsWith('.')) await packagesOf(fileOf(path, name), seen, packages);
    else if (!name.startsWith('node:') && name !== ofSuggestions) packages.add(name);
  }
  return packages;
}

/** The modules that are loaded late, each with the names of its groups. */
async function findEntries() {
  const entries = new Map([
    [join(root, 'src/main.ts'), ['start']],
    [join(root, 'src/observe/network/thread.ts'), ['start', 'always']],
  ]);
  for (const path of await sourcesOf('src')) {
    for (const [, name] of (await readFile(path, 'utf8')).matchAll(/\bimport\(\s*'(\.[^']+\.js)'/g)) {
      const entry = fileOf(path, name);
      if (alone.test(entry) || entries.has(entry)) continue;
      const packages = await packagesOf(entry);
      // What prints the help loads only what it needs for that.
      const names = packages.has('commander')
        ? ['start']
        : Object.keys(groups).filter((group) => groups[group].isEntry(packages));
      entries.set(entry, names);
    }
  }
  return entries;
}

/** The modules of a group, relative to the root. */
async function modulesOf({ modules }) {
  const found = [];
  for (const path of modules) {
    if (!path.endsWith('/')) found.push(path);
    else
      for (const file of (await sourcesOf(path)).sort())
        if ((await packagesOf(file)).size === 0) found.push(relative(root, file));
  }
  return found;
}

/** A plugin for esbuild that makes each entry of a group need all modules of the group. */
export const chunkGroups = {
  name: 'chunk-groups',
  async setup({ onResolve, onLoad }) {
    const entries = await findEntries();
    onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) => {
      const names = entries.get(path);
      if (names === undefined) return undefined;
      const lines = names.map((name) => `export * as group_${name} from 'group:${name}';`);
      return { contents: [await readFile(path, 'utf8'), ...lines].join('\n'), loader: 'ts' };
    });
    onResolve({ filter: /^group:/ }, ({ path }) => ({ path, namespace: 'group' }));
    onLoad({ filter: /.*/, namespace: 'group' }, async ({ path }) => {
      const modules = await modulesOf(groups[path.slice('group:'.length)]);
      const lines = modules.map((module, index) => `export * as module_${index} from './${module}';`);
      return { resolveDir: root, contents: lines.join('\n') };
    });
  },
};
