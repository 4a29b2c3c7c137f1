import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryOf } from '../../../src/observe/sources/dotenv.js';
import { file } from '../../../src/observe/sources/file.js';
import type { SourceResult } from '../../../src/observe/sources/source.js';
import { bytesOf, read, worldOf } from './world.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jwtcheck-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function readFile(path: string, key?: string): Promise<SourceResult> {
  return read(file, { kind: 'file', path, ...(key === undefined ? {} : { key }) }, worldOf({ folder }));
}

async function written(content: string | Uint8Array, key?: string): Promise<SourceResult> {
  writeFileSync(join(folder, 'content'), content);
  return readFile('content', key);
}

describe('a file', () => {
  it.each(['secret', 'secret\n', ' secret\r\n', '"secret"', '', '\ufeffsecret'])(
    'is taken as is: %j',
    async (content) => {
      const result = await written(content);
      expect(bytesOf(result)).toBe(Buffer.from(content).toString('latin1'));
      expect(result).toMatchObject({ version: null, provenance: null });
    },
  );

  it('may hold any bytes', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    expect(bytesOf(await written(bytes))).toBe(bytes.toString('latin1'));
  });

  it('may be 64 KiB large and no larger', async () => {
    expect(bytesOf(await written(Buffer.alloc(65_536)))).toHaveLength(65_536);
    expect(await written(Buffer.alloc(65_537))).toMatchObject({ error: { code: 'too-large' } });
  });

  it('may be named by its whole path, or by a link', async () => {
    writeFileSync(join(folder, 'whole'), 'x');
    symlinkSync(join(folder, 'whole'), join(folder, 'link'));
    expect(bytesOf(await readFile(join(folder, 'whole')))).toBe('x');
    expect(bytesOf(await readFile('link'))).toBe('x');
  });

  it.each([
    ['missing', 'not-found', '<missing> does not exist'],
    ['content/below', 'not-found', 'does not exist'],
    ['sub', 'not-found', '<sub> is a folder'],
    ['x'.repeat(5000), 'not-found', 'ENAMETOOLONG'],
    ['nul\u0000', 'not-found', 'cannot be read'],
    ['/dev/zero', 'not-found', 'not a regular file'],
  ])('%s cannot be read', async (path, code, words) => {
    writeFileSync(join(folder, 'content'), '');
    mkdirSync(join(folder, 'sub'), { recursive: true });
    expect(await readFile(path)).toMatchObject({
      is: 'error',
      error: { code, message: expect.stringContaining(words), hint: expect.any(String) },
    });
  });

  it('that is a pipe without a writer holds up nothing', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await readFile('pipe')).toMatchObject({ error: { message: '<pipe> is not a regular file' } });
  });

  it.skipIf(process.getuid?.() === 0)('without permission is told from one that is missing', async () => {
    writeFileSync(join(folder, 'locked'), 'x');
    chmodSync(join(folder, 'locked'), 0o000);
    expect(await readFile('locked')).toMatchObject({ error: { code: 'permission-denied' } });
  });

  it('is not read once the check has ended', async () => {
    writeFileSync(join(folder, 'content'), 'x');
    const world = worldOf({ folder, signal: AbortSignal.abort() });
    expect(await read(file, { kind: 'file', path: 'content' }, world)).toMatchObject({
      error: { code: 'timeout' },
    });
  });
});

describe('an entry of a dotenv file', () => {
  it.each([
    ['A=1\nB=2\n', '2'],
    ['B=2', '2'],
    ['B=2\r\n', '2\r'],
    ['B= 2 \n', ' 2 '],
    ['B="2"\n', '"2"'],
    ["B='2' # comment\n", "'2' # comment"],
    ['B=2=3\n', '2=3'],
    ['B=\n', ''],
    ['B=1\nB=2\n', '2'],
    ['B=$A\n', '$A'],
    ['export B=2\n', '2'],
    ['  export\tB =2\n', '2'],
    ['B=a\\nb\n', 'a\\nb'],
    ['# B=1\nB=2\n', '2'],
  ])('is taken as is from %j', async (content, value) => {
    const result = await written(content, 'B');
    expect(bytesOf(result)).toBe(value);
    expect(result).toMatchObject({ provenance: '<B>' });
  });

  it.each(['', 'A=1', '# B=2', 'B', 'BB=2', 'b=2', 'exportB=2', 'A=B=2'])('is not in %j', async (content) => {
    expect(await written(content, 'B')).toMatchObject({
      is: 'error',
      error: { code: 'unset', message: '<content> has no entry <B>' },
    });
  });

  it('is missing where a byte-order mark became a part of its name, and the hint says so', async () => {
    expect(await written('\ufeffB=2', 'B')).toMatchObject({
      error: { code: 'unset', hint: expect.stringContaining('byte-order mark') },
    });
  });

  it('is exactly what was written, whatever bytes they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (value, rest) => {
        const line = Buffer.from(value.filter((byte) => byte !== 0x0a));
        const before = Buffer.concat([Buffer.from(rest), Buffer.from('\nKEY=')]);
        expect(entryOf(Buffer.concat([before, line]), 'KEY')).toEqual(line);
        expect(entryOf(Buffer.concat([before, line, Buffer.from('\nOTHER=1')]), 'KEY')).toEqual(line);
      }),
    );
  });
});
