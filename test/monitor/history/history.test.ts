import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.js';
import { historyRecipient, openHistory } from '../../../src/monitor/history/history.js';
import { readHistory } from '../../../src/monitor/history/read.js';
import type { HistoryRecord } from '../../../src/monitor/history/record.js';
import {
  aCheckRecord,
  aDriftEvent,
  aKey,
  aKeysRecord,
  anEventRecord,
} from '../../support/monitor-records.js';
import { workspace } from '../../support/workspace.js';

const folder = workspace();

const givenUp: HistoryRecord = {
  type: 'given-up',
  at: '2026-01-31T12:05:00.000Z',
  environment: 'staging',
  recipient: 'slack',
  eventId: 'event 1',
  reason: 'timeout',
};

async function opened(path: string, limits: { maxBytes?: number; files?: number } = {}) {
  const warnings: string[] = [];
  const history = await openHistory(path, { ...limits, warn: (text) => warnings.push(text) });
  return { ...history, warnings };
}

async function all(path: string, options: { since?: Date; eventsSince?: Date } = {}) {
  const records: HistoryRecord[] = [];
  let skipped = 0;
  const onSkipped = () => {
    skipped += 1;
  };
  for await (const record of readHistory(path, { ...options, onSkipped })) records.push(record);
  return { records, skipped };
}

const minute = (number: number) =>
  new Date(Date.parse('2026-01-31T12:00:00.000Z') + number * 60_000).toISOString();
const checkAt = (number: number) => aCheckRecord({ at: minute(number) });
const times = ({ records }: { records: readonly HistoryRecord[] }) => records.map(({ at }) => at);
const minutes = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => minute(from + index));

describe('the history', () => {
  it('gives back what was added, in that order, readable by no other user', async () => {
    const path = join(await folder(), 'a', 'history.ndjson');
    const { append } = await opened(path);
    const records = [checkAt(0), aCheckRecord({ verdict: null, participants: [] }), anEventRecord(), givenUp];
    expect(await Promise.all(records.map((record) => append(record)))).toEqual(
      records.map(() => ({ ok: true, value: null })),
    );
    expect(await all(path)).toEqual({ records, skipped: 0 });
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(5);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('receives events like any recipient', async () => {
    const path = join(await folder(), 'history.ndjson');
    const recipient = historyRecipient(await opened(path));
    expect(recipient).toMatchObject({ name: 'history', minimumLevel: 'INFO' });
    expect(await recipient.send(aDriftEvent(), null)).toEqual({ ok: true, value: null });
    expect((await all(path)).records).toEqual([anEventRecord()]);
  });

  it('gives an event once that is there twice, whatever the file', async () => {
    const path = join(await folder(), 'history.ndjson');
    const { append } = await opened(path, { maxBytes: 1000 });
    for (const id of ['1', '1', '2', '1', '2', '3']) await append(anEventRecord({ id }));
    expect(await readdir(join(path, '..'))).toContain('history.ndjson.1');
    const ids = (await all(path)).records.map((record) => record.type === 'event' && record.event.id);
    expect(ids).toEqual(['1', '2', '3']);
  });

  it('ends a torn line, so that it swallows nothing', async () => {
    const path = join(await folder(), 'history.ndjson');
    const first = await opened(path);
    await first.append(checkAt(0));
    await appendFile(path, JSON.stringify(checkAt(1)).slice(0, 100));
    await (await opened(path)).append(checkAt(2));
    expect(await all(path)).toEqual({ records: [checkAt(0), checkAt(2)], skipped: 1 });
    // Also one that was torn while it was open, as it happens where the disk gets full.
    await appendFile(path, '{"type":"che');
    await first.append(checkAt(3));
    expect(await all(path)).toEqual({ records: [checkAt(0), checkAt(2), checkAt(3)], skipped: 2 });
  });

  it('begins a new file by size, and keeps so many', async () => {
    const place = await folder();
    const path = join(place, 'history.ndjson');
    const line = JSON.stringify(checkAt(0)).length + 1;
    const { append } = await opened(path, { maxBytes: 3 * line, files: 2 });
    for (let number = 0; number < 20; number++) await append(checkAt(number));
    expect((await readdir(place)).sort()).toEqual(['history.ndjson', 'history.ndjson.1', 'history.ndjson.2']);
    expect(times(await all(path))).toEqual(minutes(12, 20));
    for (const name of await readdir(place))
      expect((await stat(join(place, name))).size).toBeLessThanOrEqual(3 * line);
  });

  it('writes keys where they change, and all of them at the beginning of each file', async () => {
    const place = await folder();
    const path = join(place, 'history.ndjson');
    const { append } = await opened(path, { maxBytes: 2000, files: 9 });
    const keysAt = (number: number) =>
      aKeysRecord({
        at: minute(number),
        keys: [aKey(number < 20 ? 7 : 8, ['secret_manager', 'auth_service'])],
      });
    for (let number = 0; number < 40; number++)
      for (const record of [keysAt(number), checkAt(number)])
        expect(await append(record)).toEqual({ ok: true, value: null });
    const names = (await readdir(place)).sort();
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) {
      const [first, ...rest] = (await readFile(join(place, name), 'utf8')).trim().split('\n');
      expect(JSON.parse(first ?? '')).toMatchObject({ type: 'keys', complete: true });
      for (const line of rest.filter((text) => text.startsWith('{"type":"keys"')))
        expect(JSON.parse(line)).toEqual({ ...keysAt(20), complete: false });
    }
    const { records } = await all(path);
    expect(times({ records: records.filter(({ type }) => type === 'check') })).toEqual(minutes(0, 40));
    expect(records.filter((record) => record.type === 'keys' && !record.complete).length).toBeLessThan(2);
    // They are read from as early on as events.
    const since = { since: new Date(minute(39)), eventsSince: new Date(0) };
    expect((await all(path, since)).records.length).toBe(names.length + 2);
  });

  it('writes keys again that could not be written', async () => {
    const place = await folder();
    const path = join(place, 'a', 'history.ndjson');
    const { append } = await opened(path);
    await rm(join(place, 'a'), { recursive: true });
    await writeFile(join(place, 'a'), '');
    expect(await append(aKeysRecord())).toMatchObject({ ok: false });
    await rm(join(place, 'a'));
    await mkdir(join(place, 'a'));
    expect(await append(aKeysRecord({ at: minute(1) }))).toEqual({ ok: true, value: null });
    expect((await all(path)).records).toEqual([aKeysRecord({ at: minute(1) })]);
  });

  it('goes on with a rotation that was interrupted, and loses nothing by it', async () => {
    const place = await folder();
    const path = join(place, 'history.ndjson');
    const line = JSON.stringify(checkAt(0)).length + 1;
    const { append } = await opened(path, { maxBytes: line, files: 4 });
    for (let number = 0; number < 4; number++) await append(checkAt(number));
    // Killed after the oldest two were moved: .1 is free.
    await rename(`${path}.3`, `${path}.4`);
    await rename(`${path}.2`, `${path}.3`);
    await rename(`${path}.1`, `${path}.2`);
    await append(checkAt(4));
    expect(times(await all(path))).toEqual(minutes(0, 5));
  });

  it('passes over old files and lines without reading them', async () => {
    const path = join(await folder(), 'history.ndjson');
    const line = JSON.stringify(checkAt(0)).length + 1;
    const { append } = await opened(path, { maxBytes: 60 * line, files: 9 });
    for (let number = 0; number < 300; number++) await append(checkAt(number));
    // Were they read, these would be counted: broken ones in the oldest file, and an old one that cannot be parsed.
    await writeFile(`${path}.4`, `broken\n${await readFile(`${path}.4`, 'utf8')}`);
    await writeFile(path, `${JSON.stringify(checkAt(10)).slice(0, -5)}\n${await readFile(path, 'utf8')}`);
    expect(times(await all(path, { since: new Date(minute(290)) }))).toEqual(minutes(290, 300));
    expect((await all(path, { since: new Date(minute(290)) })).skipped).toBe(0);
    expect((await all(path)).skipped).toBe(2);
  });

  it('gives events from earlier on where that is asked for', async () => {
    const path = join(await folder(), 'history.ndjson');
    const { append } = await opened(path);
    for (const number of [0, 10, 20]) {
      await append(checkAt(number));
      await append(anEventRecord({ id: `${number}`, at: minute(number) }));
    }
    const { records } = await all(path, { since: new Date(minute(20)), eventsSince: new Date(minute(10)) });
    expect(records.map(({ type, at }) => [type, at])).toEqual([
      ['event', minute(10)],
      ['check', minute(20)],
      ['event', minute(20)],
    ]);
  });

  it('is nothing where there is none', async () => {
    expect(await all(join(await folder(), 'none', 'history.ndjson'))).toEqual({ records: [], skipped: 0 });
  });

  it('passes over named pipes among its old files, and empty lines', async () => {
    const path = join(await folder(), 'history.ndjson');
    const history = await opened(path);
    await history.append(checkAt(0));
    await appendFile(path, '\n\n');
    await history.append(checkAt(1));
    execFileSync('mkfifo', [`${path}.1`]);
    expect(await all(path)).toEqual({ records: [checkAt(0), checkAt(1)], skipped: 0 });
    // Also if a file, or a link to something else, has a higher number.
    await mkdir(`${path}.2`);
    await symlink('/dev/zero', `${path}.3`);
    await rename(path, `${path}.4`);
    expect(await all(path)).toEqual({ records: [checkAt(0), checkAt(1)], skipped: 0 });
  });

  it('is not read on where an access takes too long, and leaves no file open', async () => {
    const path = join(await folder(), 'history.ndjson');
    const history = await opened(path);
    await history.append(checkAt(0));
    for (let most = 0; ; most += 1) {
      const late: Promise<unknown>[] = [];
      let accesses = 0;
      const access = <T>(work: () => Promise<T>): Promise<T> => {
        accesses += 1;
        if (accesses <= most) return work();
        late.push(Promise.resolve().then(work));
        return Promise.reject(new Error('too late'));
      };
      const read = async () => {
        for await (const record of readHistory(path, { access })) expect(record.at).toBe(minute(0));
      };
      const isWhole = await read().then(
        () => true,
        () => false,
      );
      const opened = (await Promise.allSettled(late)).map((one) =>
        one.status === 'fulfilled' ? one.value : null,
      );
      expect(opened.filter((value) => value !== null && typeof value === 'object' && 'fd' in value)).toEqual(
        [],
      );
      if (isWhole) {
        expect(most).toBeGreaterThan(3);
        return;
      }
    }
  });

  it('passes over lines that are broken or of a later version, and counts them', async () => {
    const check = checkAt(0);
    const event = anEventRecord();
    const lines = [
      '{',
      'null',
      '[]',
      '{"type":"check"}',
      JSON.stringify({ ...check, type: 'later' }),
      JSON.stringify({ ...check, type: 'toString' }),
      JSON.stringify({ ...check, at: 'yesterday' }),
      JSON.stringify({ ...check, at: '2026-02-31T99:00:00Z' }),
      JSON.stringify({ ...check, verdict: 'fine' }),
      JSON.stringify({ ...check, level: 'PANIC' }),
      JSON.stringify({ ...check, durationMs: -1 }),
      JSON.stringify({ ...check, impact: null }),
      JSON.stringify({ ...check, participants: [{ name: 'a' }] }),
      JSON.stringify({ ...check, participants: [{ ...check.participants[0], accepted: 2 }] }),
      JSON.stringify(check).replace('[12]', '[1e999]'),
      JSON.stringify({ ...aKeysRecord(), reference: 1 }),
      JSON.stringify({ ...aKeysRecord(), complete: null }),
      JSON.stringify({ ...aKeysRecord(), unread: [1] }),
      JSON.stringify({ ...aKeysRecord(), keys: [{}] }),
      JSON.stringify({ ...aKeysRecord(), keys: [aKey(7, [], { fingerprint: 'a secret' })] }),
      JSON.stringify({ ...aKeysRecord(), keys: [aKey(7, [], { createdAt: 'yesterday' })] }),
      JSON.stringify({ ...event, event: { ...event.event, type: 'party' } }),
      JSON.stringify({ ...event, event: { ...event.event, since: '' } }),
      JSON.stringify({ ...event, event: null }),
      JSON.stringify({ ...givenUp, reason: 1 }),
    ];
    const place = await folder({ h: `${lines.join('\n')}\n${JSON.stringify({ ...check, later: 1 })}\r\n\n` });
    expect(await all(join(place, 'h'))).toEqual({ records: [{ ...check, later: 1 }], skipped: lines.length });
  });

  it('reads lines of any length, wherever a read cuts them', async () => {
    const participants = Array.from({ length: 9000 }, (_, index) => ({
      ...checkAt(0).participants[0],
      name: `ü${index}`,
    }));
    const large = JSON.stringify({ ...checkAt(0), participants });
    const path = join(await folder({ h: `${large}\n` }), 'h');
    await appendFile(path, Buffer.alloc(65 * 1024 * 1024, 'x'));
    await appendFile(path, `\n${large}\n${large.slice(0, -1)}`);
    const { records, skipped } = await all(path);
    expect({ count: records.length, skipped }).toEqual({ count: 2, skipped: 2 });
    expect(isDeepStrictEqual(records[1], JSON.parse(large))).toBe(true);
  });

  it('reads whatever bytes there are', async () => {
    const path = join(await folder(), 'history.ndjson');
    const whole = `${JSON.stringify(checkAt(0))}\n${JSON.stringify(anEventRecord())}\n`;
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
      fc.array(fc.json()).map((lines) => Buffer.from(lines.join('\n'))),
      fc
        .tuple(fc.nat(whole.length), fc.nat(20), fc.string())
        .map(([at, cut, put]) => Buffer.from(whole.slice(0, at) + put + whole.slice(at + cut))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        await writeFile(path, content);
        await all(path);
        await all(path, { since: new Date(minute(0)) });
        const { append } = await opened(path);
        await append(checkAt(9));
        expect((await all(path)).records.at(-1)).toEqual(checkAt(9));
      }),
      { numRuns: 60 },
    );
  });

  it('gives every record once while it is rotated by another', async () => {
    const path = join(await folder(), 'history.ndjson');
    const { append } = await opened(path, { maxBytes: 2000, files: 2000 });
    const known = 30;
    for (let number = 0; number < known; number++) await append(anEventRecord({ id: `${number}` }));
    let next = known;
    let writing = true;
    const writer = (async () => {
      while (writing) await append(anEventRecord({ id: `${next++}` }));
    })();
    try {
      while (next < known + 25) {
        const before = next - 1;
        const ids = (await all(path)).records.map((record) =>
          record.type === 'event' ? Number(record.event.id) : -1,
        );
        expect(ids.slice(0, before)).toEqual(Array.from({ length: before }, (_, index) => index));
      }
    } finally {
      writing = false;
      await writer;
    }
  });

  it('writes where a link leads to, and rotates there', async () => {
    const place = await folder();
    await mkdir(join(place, 'volume'));
    await symlink('volume/real.ndjson', join(place, 'link'));
    const { append } = await opened(join(place, 'link'), { maxBytes: 10 });
    await append(checkAt(0));
    await append(checkAt(1));
    expect((await readdir(join(place, 'volume'))).sort()).toEqual(['real.ndjson', 'real.ndjson.1']);
    expect(times(await all(join(place, 'link')))).toEqual(minutes(0, 2));
  });

  it('goes on where its file was moved away, or its folder', async () => {
    const place = await folder();
    const path = join(place, 'in', 'history.ndjson');
    const { append } = await opened(path);
    await append(checkAt(0));
    await rename(path, join(place, 'moved'));
    await append(checkAt(1));
    expect(times(await all(path))).toEqual([minute(1)]);
    await rm(join(place, 'in'), { recursive: true });
    const failed = await append(checkAt(2));
    expect(failed).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('could not be written') },
    });
    await mkdir(join(place, 'in'));
    expect(await append(checkAt(3))).toEqual({ ok: true, value: null });
  });

  it('does not start where it could never write', async () => {
    const place = await folder({ file: 'x' });
    await expect(opened(place)).rejects.toThrow('is a folder');
    await expect(opened(join(place, 'file', 'h'))).rejects.toBeInstanceOf(UsageError);
    await expect(opened('/proc/jwtcheck/h')).rejects.toThrow(/^watch\.history: cannot write/);
  });

  it('reports a full disk, and takes up again after it', async () => {
    // What cannot be opened for reading and adding fails alike, whatever the reason: a folder in its place.
    const path = join(await folder(), 'history.ndjson');
    const { append, warnings } = await opened(path);
    await rm(path);
    await mkdir(path);
    expect(await append(checkAt(0))).toMatchObject({ ok: false });
    await rm(path, { recursive: true });
    expect(await append(checkAt(1))).toMatchObject({ ok: true });
    expect(warnings).toEqual([]);
  });
});
