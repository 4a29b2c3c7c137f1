import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileNames, findConfig } from '../../src/config/discover.js';
import { ConfigError } from '../../src/errors.js';
import { needs } from '../support/needs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jwtcheck-discover-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, content: string | Uint8Array = '{"here": true}'): Promise<string> {
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

const find = (options: { path?: string; from?: string; env?: Record<string, string> } = {}) =>
  findConfig({ path: options.path, cwd: join(folder, options.from ?? ''), env: options.env ?? {} });

async function refused(finding: Promise<unknown>): Promise<ConfigError> {
  const error = await finding.catch((e: unknown) => e);
  if (error instanceof ConfigError) return error;
  throw new Error('it was not refused', { cause: error });
}

describe('finding the configuration', () => {
  it.each(fileNames)('finds %s', async (name) => {
    const file = await put(name, name.includes('y') && name !== '.jwtcheckrc' ? 'here: true' : undefined);
    expect(await find()).toMatchObject({ file, tree: { here: true }, root: [] });
  });

  it('reads .jwtcheckrc as YAML, too', async () => {
    await put('.jwtcheckrc', 'here: true\n');
    expect(await find()).toMatchObject({ tree: { here: true } });
  });

  it('takes the key of package.json, and passes over one without', async () => {
    const file = await put('package.json', '{"jwtcheck": {"here": 1}, "name": "x"}');
    await put('a/package.json', '{"name": "x"}');
    await put('a/b/package.json', '{"broken');
    await mkdir(join(folder, 'a/b/c'));
    expect(await find({ from: 'a/b/c' })).toMatchObject({ file, tree: { here: 1 }, root: ['jwtcheck'] });
  });

  it('does not pass over a broken package.json that speaks of jwtcheck', async () => {
    const file = await put('package.json', '{"jwtcheck": {');
    expect((await refused(find())).file).toBe(file);
  });

  it('goes upward, and takes the nearest', async () => {
    await put('.jwtcheckrc', '{"far": true}');
    await put('a/jwtcheck.config.json', '{"near": true}');
    await mkdir(join(folder, 'a/b'));
    expect((await find({ from: 'a/b' })).tree).toEqual({ near: true });
  });

  it('prefers the flag to the variable to the search', async () => {
    await put('.jwtcheckrc', '{"from": "search"}');
    await put('v.json', '{"from": "variable"}');
    await put('f.yaml', 'from: flag');
    const env = { JWTCHECK_CONFIG: 'v.json' };
    expect((await find({ path: 'f.yaml', env })).tree).toEqual({ from: 'flag' });
    expect((await find({ env })).tree).toEqual({ from: 'variable' });
    expect((await find({ env: { JWTCHECK_CONFIG: '' } })).tree).toEqual({ from: 'search' });
  });

  it('says what it looked for, where, and what to do', async () => {
    const error = await refused(find());
    for (const word of [...fileNames, 'package.json', folder]) expect(error.message).toContain(word);
    for (const word of ['jwtcheck demo', '.jwtcheckrc.example.json']) expect(error.hint).toContain(word);
    expect(error.file).toBeNull();
  });

  it('tolerates a byte order mark', async () => {
    await put('.jwtcheckrc.json', '\ufeff{"here": true}');
    expect((await find()).tree).toEqual({ here: true });
  });
});

describe('a file that cannot be used', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['an empty one', '', 'the file is empty'],
    ['blanks', ' \n', 'the file is empty'],
    ['a large one', ' '.repeat(8 * 1024 * 1024 + 1), 'is larger than 8 MiB'],
    ['binary', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 'is not UTF-8 text'],
    ['NUL characters', '{"a": "\0"}', 'is not UTF-8 text'],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'is UTF-16, not UTF-8'],
  ])('%s', async (_, content, message) => {
    const file = await put('c.json', content);
    const error = await refused(find({ path: 'c.json' }));
    expect(error.problems).toEqual([{ path: '', message }]);
    expect(error.file).toBe(file);
    expect(error.hint).toBeTruthy();
  });

  it('takes one of exactly 8 MiB', async () => {
    await put('c.json', `{}${' '.repeat(8 * 1024 * 1024 - 2)}`);
    expect((await find({ path: 'c.json' })).tree).toEqual({});
  });

  it('one that does not exist, and what named it', async () => {
    const error = await refused(find({ env: { JWTCHECK_CONFIG: 'no.json' } }));
    expect(error.message).toBe('does not exist');
    expect(error.hint).toContain('JWTCHECK_CONFIG');
    await put('f', '{}');
    expect((await refused(find({ path: 'f/no.json' }))).message).toContain('does not exist');
    expect((await refused(find({ path: 'no\0.json' }))).message).toContain('does not exist');
  });

  it('a folder, named or found', async () => {
    await mkdir(join(folder, '.jwtcheckrc'));
    expect((await refused(find())).message).toBe('is a folder, not a file');
    expect((await refused(find({ path: '.' }))).message).toBe('is a folder, not a file');
  });

  it('one that must not be read', async (context) => {
    needs.ordinaryUser(context);
    await chmod(await put('.jwtcheckrc'), 0);
    expect((await refused(find())).message).toBe('cannot be read: permission denied');
  });

  it('package.json without the key, where it was named', async () => {
    await put('package.json', '{}');
    expect((await refused(find({ path: 'package.json' }))).message).toContain('has no key `jwtcheck`');
  });
});
