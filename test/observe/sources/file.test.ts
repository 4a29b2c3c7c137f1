import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawEntryOf } from '../../../src/observe/sources/dotenv.js';
import { file } from '../../../src/observe/sources/file.js';
import type { SourceResult } from '../../../src/observe/sources/source.js';
import { noAnswer, readInTime } from '../../../src/system/slow-files.js';
import { needs } from '../../support/needs.js';
import { bytesOf, read, worldOf } from './world.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jwtcheck-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function readFile(path: string, key?: string, raw = false): Promise<SourceResult> {
  return read(file, { kind: 'file', path, raw, ...(key === undefined ? {} : { key }) }, worldOf({ folder }));
}

async function written(content: string | Uint8Array, key?: string, raw = false): Promise<SourceResult> {
  writeFileSync(join(folder, 'content'), content);
  return readFile('content', key, raw);
}

describe('a disk that does not answer', () => {
  it('is an error of the file, until it answers again', async () => {
    writeFileSync(join(folder, 'content'), 'secret');
    let answer = (): void => {};
    const stuck = new Promise<void>((resolve) => {
      answer = resolve;
    });
    expect(await readInTime(() => stuck, { place: folder, ms: 1 })).toBe(noAnswer);
    expect(await readFile('content')).toMatchObject({
      is: 'error',
      error: { code: 'timeout', message: '<content> was not read in time: a disk does not answer' },
    });
    answer();
    await stuck;
    expect(bytesOf(await readFile('content'))).toBe('secret');
  });
});

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

  it('without permission is distinguished from one that is missing', async (context) => {
    needs.ordinaryUser(context);
    writeFileSync(join(folder, 'locked'), 'x');
    chmodSync(join(folder, 'locked'), 0o000);
    expect(await readFile('locked')).toMatchObject({ error: { code: 'permission-denied' } });
  });

  it('is not read once the check has ended', async () => {
    writeFileSync(join(folder, 'content'), 'x');
    const context = worldOf({ folder, signal: AbortSignal.abort() });
    expect(await read(file, { kind: 'file', path: 'content' }, context)).toMatchObject({
      error: { code: 'timeout' },
    });
  });
});

describe('an entry of a dotenv file', () => {
  it.each([
    ['B=2', '2'],
    ['B=2\r\n', '2'],
    ['B= 2 \n', '2'],
    ['B="2"\n', '2'],
    ["B='2'", '2'],
    ["B='2' # comment\n", '2'],
    ['B="a # b" # comment\n', 'a # b'],
    ['B=a#b # comment\n', 'a#b'],
    ['B=a#b\n', 'a#b'],
    ['B=# nothing\n', ''],
    ['B=\nC=3', ''],
    ['B=""\n', ''],
    ['export B=2\n', '2'],
    ['  export\tB = 2\n', '2'],
    ['B="one\ntwo"\nC=3\n', 'one\ntwo'],
    ["B='one\ntwo'\n", 'one\ntwo'],
    ['B="a\\nb\\tc\\"d\\\\e\\$f\\xg"\n', 'a\nb\tc"d\\e$f\\xg'],
    ["B='a\\nb'\n", 'a\\nb'],
    ['B=a\\nb\n', 'a\\nb'],
    ['B=2=3==\n', '2=3=='],
    ['A="x\nB=no"\nB=yes\n', 'yes'],
    ['B="not closed\nC=3\n', '"not closed'],
    ['B=it"s\n', 'it"s'],
    ['# B=1\nB=2\n', '2'],
    ['B=1\nB=2\n', '2'],
    ['\ufeffB=2\n', '2'],
    ['B=$A\n', '$A'],
  ])('is read as dotenv readers do from %j', async (content, value) => {
    expect(bytesOf(await written(content, 'B'))).toBe(value);
  });

  it('keeps bytes that are no text, quoted or not', async () => {
    for (const quote of ['', '"', "'"]) {
      const value = Buffer.from([0x61, 0xff, 0xfe, 0x80, 0x62]);
      const around = Buffer.concat([Buffer.from(`B=${quote}`), value, Buffer.from(`${quote}\n`)]);
      const result = await written(around, 'B');
      expect(result.is === 'secret' && result.secret.reveal().equals(value)).toBe(true);
    }
  });

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
  ])('is taken as is from %j where it is asked for raw', async (content, value) => {
    const result = await written(content, 'B', true);
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
    expect(await written('\ufeffB=2', 'B', true)).toMatchObject({
      error: { code: 'unset', hint: expect.stringContaining('byte order mark') },
    });
  });

  it('is exactly what was written, whatever bytes they are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (value, rest) => {
        const line = Buffer.from(value.filter((byte) => byte !== 0x0a));
        const before = Buffer.concat([Buffer.from(rest), Buffer.from('\nKEY=')]);
        expect(rawEntryOf(Buffer.concat([before, line]), 'KEY')).toEqual(line);
        expect(rawEntryOf(Buffer.concat([before, line, Buffer.from('\nOTHER=1')]), 'KEY')).toEqual(line);
      }),
    );
  });
});
