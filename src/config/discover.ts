import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../errors.js';
import type { JsonValue } from '../model.js';
import { codeOf } from '../system-error.js';
import type { Draft, Tree } from './draft.js';
import { fillIt, parseConfig, parseDraft } from './parse.js';
import { at, isObject, type Path } from './path.js';
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

/** Ten thousand participants take about three megabytes; more is another file. */
const largest = 8 * 1024 * 1024;

/** A configuration that was found and parsed. */
export interface Found extends Tree {
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
      return plain(file, await read(file, fillIt));
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
    `Try \`jwtcheck demo\` to see it at work without one. ${fillIt}`,
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
export async function draftOfFile(file: string): Promise<{ readonly draft: Draft; readonly root: Path }> {
  const draft = await parseDraft(await read(file, ''), file);
  return { draft, root: isPackage(file) ? [packageKey] : [] };
}

/** A pipe, such as `<(…)`, lies nowhere and is read once. */
export const isPipe = (file: string): boolean => /^\/(dev|proc)\//.test(file);

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

function fromPackage(file: string, { tree, problems }: Tree): Found {
  const config: JsonValue | undefined = at(tree, [packageKey]);
  if (config === undefined)
    throw new ConfigError(file, [{ path: '', message: `has no key \`${packageKey}\`` }], fillIt);
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

/** The text of a file: at most 8 MiB of UTF-8, without a byte order mark. */
async function read(file: string, hint: string): Promise<string> {
  const fail = (message: string, what: string): ConfigError =>
    new ConfigError(file, [{ path: '', message }], what);
  const bytes = await bytesOf(file).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw fail(reasons[code] ?? `cannot be read (${code})`, hint);
  });
  if (bytes.length > largest)
    throw fail('is larger than 8 MiB', 'Ten thousand participants take about three: is it the right file?');
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw fail('is UTF-16, not UTF-8', 'Save it as UTF-8.');
  const text = utf8(bytes);
  if (text === null || text.includes('\0'))
    throw fail('is not a text in UTF-8', 'Is it the right file? A configuration is JSON or YAML.');
  if (text.trim() === '') throw fail('the file is empty', fillIt);
  return text;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a folder',
  EISDIR: 'is a folder, not a file',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  ETIMEDOUT: 'is a pipe, and not all of it came within 10 s',
  ELOOP: 'cannot be read: too many symbolic links',
  ENAMETOOLONG: 'does not exist: its name is too long',
  ERR_INVALID_ARG_VALUE: 'does not exist: its path holds a NUL character',
};

/** How long a pipe is waited for, and how often it is looked at; milliseconds. */
const waiting = { longest: 10_000, pause: 20 } as const;

/**
 * At most one byte more than allowed; a pipe (`<(…)`) is read as well as a file. It is opened without waiting: a named
 * pipe that nobody writes to would hold up the program, and even its end.
 */
async function bytesOf(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const isRegular = (await handle.stat()).isFile();
    let until: number | null = null;
    const buffer = Buffer.alloc(largest + 1);
    let length = 0;
    while (length < buffer.length) {
      const read = await readSome(handle, buffer, length);
      if (read !== null) length += read;
      // Without a writer, a named pipe seems to be at its end before it has begun.
      const isOver = read === 0 && (isRegular || isPipe(file) || length > 0);
      if (isOver) break;
      if (read !== null && read > 0) continue;
      until ??= performance.now() + waiting.longest;
      if (performance.now() > until) throw Object.assign(new Error('late'), { code: 'ETIMEDOUT' });
      await sleep(waiting.pause);
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** How much was read; `null`: nothing is there yet. */
async function readSome(handle: FileHandle, buffer: Buffer, from: number): Promise<number | null> {
  try {
    return (await handle.read(buffer, from, buffer.length - from, null)).bytesRead;
  } catch (error) {
    if (codeOf(error) === 'EAGAIN') return null;
    throw error;
  }
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
