import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../errors.js';
import type { JsonValue } from '../model.js';
import { at, isObject, type Path } from '../schema/path.js';
import { isPipe, read } from './parse/file-text.js';
import { emptyFileHint, parseConfig, parseNode } from './parse/parse.js';
import type { SyntaxNode, SyntaxTree } from './parse/syntax-tree.js';
import { checkoutOf, currentUser, type User, whyUntrusted } from './trust.js';

/** Names looked for in a folder, in this order; after them the key `jwtcheck` of package.json. */
export const fileNames = [
  '.jwtcheckrc',
  '.jwtcheckrc.json',
  '.jwtcheckrc.yaml',
  '.jwtcheckrc.yml',
  'jwtcheck.config.json',
] as const;

const packageFile = 'package.json';
const packageKey = 'jwtcheck';

/** A configuration that was found and parsed. */
export interface Found extends SyntaxTree {
  readonly file: string;
  /** Keys from the top of the file to the configuration: `jwtcheck` in package.json. */
  readonly root: Path;
}

/**
 * The configuration's file: the one that was named (flag, then `JWTCHECK_CONFIG`), otherwise the first one from the
 * working directory upward. Raises a `ConfigError` that says what was looked for, or why a file cannot be used.
 */
export async function findConfig(options: {
  /** Path given by a flag. */
  readonly path: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Who runs the program; default: the user of the process. */
  readonly user?: User | null | undefined;
}): Promise<Found> {
  const named = options.path ?? (options.env.JWTCHECK_CONFIG || undefined);
  if (named !== undefined) {
    const by = options.path === undefined ? 'JWTCHECK_CONFIG' : '--config';
    const file = resolve(options.cwd, named);
    const text = await read(file, `${by} names this file; a relative path starts from ${options.cwd}.`);
    return isPackage(file) ? fromPackage(file, await parseConfig(text, file)) : plain(file, text);
  }
  for (const folder of upward(options.cwd)) {
    for (const name of fileNames) {
      const file = join(folder, name);
      if (!(await exists(file))) continue;
      await mustBeTrusted(file, options);
      return plain(file, await read(file, emptyFileHint));
    }
    const found = await inPackage(join(folder, packageFile));
    if (found === null) continue;
    await mustBeTrusted(found.file, options);
    return found;
  }
  const names = `${fileNames.slice(0, -1).join(', ')}, ${fileNames.at(-1)}, or the key \`${packageKey}\` in ${packageFile}`;
  throw new ConfigError(
    null,
    [
      {
        path: '',
        message: `no configuration found: looked for ${names}, in ${options.cwd} and every folder above it`,
      },
    ],
    `Try \`jwtcheck demo\` to see it at work without one. ${emptyFileHint}`,
  );
}

/** @throws ConfigError for a file that was found above the checkout and that another user could have put there */
async function mustBeTrusted(
  file: string,
  { cwd, user = currentUser() }: { readonly cwd: string; readonly user?: User | null | undefined },
): Promise<void> {
  const why = await whyUntrusted(file, await checkoutOf(resolve(cwd)), user);
  if (why === null) return;
  throw new ConfigError(
    file,
    [{ path: '', message: `was found above the working directory, and ${why}: it is not read` }],
    'A configuration runs programs and sends secrets. If you trust it, name it: `jwtcheck --config PATH`.',
  );
}

/** Where relative paths in a configuration start from. A pipe, such as `<(…)`, lies nowhere: then where the command was typed. */
export function folderOf(file: string, cwd: string): string {
  return isPipe(file) ? cwd : dirname(file);
}

/**
 * A configuration's file once more, with its lines, and the keys from its top to the configuration. Lines are not kept from
 * the first reading: most checks need none.
 * @throws ConfigError where it cannot be read any more
 */
export async function nodeOfFile(file: string): Promise<{ readonly draft: SyntaxNode; readonly root: Path }> {
  const draft = await parseNode(await read(file, ''), file);
  return { draft, root: isPackage(file) ? [packageKey] : [] };
}

/** Whether it can be read but once, wherever it lies: to open it again would wait for a writer that never comes. */
export async function isReadOnce(file: string): Promise<boolean> {
  if (isPipe(file)) return true;
  const there = await stat(file).catch(() => null);
  return there !== null && !there.isFile();
}

export function* upward(from: string): Generator<string> {
  let folder = resolve(from);
  for (;;) {
    yield folder;
    const parent = dirname(folder);
    if (parent === folder) return;
    folder = parent;
  }
}

async function plain(file: string, text: string): Promise<Found> {
  return { ...(await parseConfig(text, file)), file, root: [] };
}

const isPackage = (file: string): boolean => /(^|[\\/])package\.json$/.test(file);

/** Somebody else's package.json, however broken, is no reason to stop: only one that speaks of jwtcheck is. */
async function inPackage(file: string): Promise<Found | null> {
  if (!(await exists(file))) return null;
  let text: string;
  try {
    text = await read(file, '');
  } catch {
    return null;
  }
  if (!text.includes(`"${packageKey}"`)) return null;
  const tree = await parseConfig(text, file);
  return isObject(tree.tree) && Object.hasOwn(tree.tree, packageKey) ? fromPackage(file, tree) : null;
}

function fromPackage(file: string, { tree, problems }: SyntaxTree): Found {
  const config: JsonValue | undefined = at(tree, [packageKey]);
  if (config === undefined)
    throw new ConfigError(file, [{ path: '', message: `has no key \`${packageKey}\`` }], emptyFileHint);
  return {
    file,
    root: [packageKey],
    tree: config,
    problems: problems
      .filter((problem) => problem.path[0] === packageKey)
      .map((problem) => ({ ...problem, path: problem.path.slice(1) })),
  };
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}
