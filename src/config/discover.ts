import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../errors.js';
import type { JsonValue } from '../model.js';
import { at, isObject, type Path } from '../schema/path.js';
import { isPipe, read } from './parse/file-text.js';
import { emptyFileHint, parseConfig, parseNode } from './parse/parse.js';
import type { SyntaxNode, SyntaxTree } from './parse/syntax-tree.js';
import { checkoutOf, currentUser, type User, whyUntrusted } from './trust.js';

/** File names of a configuration in order of precedence, followed by the key `jwtcheck` of package.json. */
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
 * Finds the configuration file: the named one (flag, then `JWTCHECK_CONFIG`), otherwise the nearest one, searched
 * upward from the working directory. Throws a `ConfigError` that lists where it searched, or says why a file cannot
 * be used.
 */
export async function findConfig(options: {
  /** Path given by a flag. */
  readonly path: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user that runs the program. Default: the user of the process. */
  readonly user?: User | null | undefined;
}): Promise<Found> {
  const named = options.path ?? (options.env.JWTCHECK_CONFIG || undefined);
  if (named !== undefined) {
    const by = options.path === undefined ? 'JWTCHECK_CONFIG' : '--config';
    const file = resolve(options.cwd, named);
    const text = await read(file, `${by} names this file; a relative path is resolved from ${options.cwd}.`);
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
        message: `no configuration found: searched for ${names}, in ${options.cwd} and every folder above it`,
      },
    ],
    `Try \`jwtcheck demo\`, which needs no configuration. ${emptyFileHint}`,
  );
}

/** @throws ConfigError for a file above the checkout that another user could have created */
async function mustBeTrusted(
  file: string,
  { cwd, user = currentUser() }: { readonly cwd: string; readonly user?: User | null | undefined },
): Promise<void> {
  const why = await whyUntrusted(file, await checkoutOf(resolve(cwd), user), user);
  if (why === null) return;
  throw new ConfigError(
    file,
    [{ path: '', message: `was found above the working directory, and ${why}: it is not used` }],
    'A configuration runs programs and sends secrets. If you trust this one, name it: `jwtcheck --config PATH`.',
  );
}

/**
 * The folder from which relative paths in a configuration are resolved. For a pipe, such as `<(…)`, it is the working
 * directory.
 */
export function folderOf(file: string, cwd: string): string {
  return isPipe(file) ? cwd : dirname(file);
}

/**
 * Parses the file of a configuration again, with line numbers. The first parse does not keep them, because most
 * checks do not need them.
 * @throws ConfigError if it cannot be read any more
 */
export async function nodeOfFile(file: string): Promise<{ readonly draft: SyntaxNode; readonly root: Path }> {
  const draft = await parseNode(await read(file, ''), file);
  return { draft, root: isPackage(file) ? [packageKey] : [] };
}

/** Whether it can be read only once: opening a pipe again would wait for a writer. */
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

/** An invalid package.json of another program is ignored, unless it mentions jwtcheck. */
async function inPackage(file: string): Promise<Found | null> {
  // Not a pipe: one in a folder above would hold up every command.
  if ((await stat(file).catch(() => null))?.isFile() !== true) return null;
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
