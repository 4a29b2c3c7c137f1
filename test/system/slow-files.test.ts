import { describe, expect, it } from 'vitest';
import { noAnswer, openFileReader } from '../../src/system/slow-files.js';

/** A read that ends when it is told to. */
function slowRead() {
  let end = (): void => {};
  const done = new Promise<string>((resolve) => {
    end = () => resolve('content');
  });
  return { read: () => done, end };
}

const place = '/a';
const patient = { place, ms: 1_000_000 };
const impatient = { place, ms: 1 };

describe('a read of a file', () => {
  it('gives its content, or rejects as it does', async () => {
    const readInTime = openFileReader();
    expect(await readInTime(() => Promise.resolve('content'), patient)).toBe('content');
    await expect(readInTime(() => Promise.reject(new Error('no')), patient)).rejects.toThrow('no');
    expect(await readInTime(() => Promise.resolve('content'), patient)).toBe('content');
  });

  it('waits for the one before of the same place', async () => {
    const readInTime = openFileReader();
    const first = slowRead();
    const order: string[] = [];
    const reads = ['first', 'second', 'third'].map((name) =>
      readInTime(async () => {
        order.push(`${name} begins`);
        await first.read();
        order.push(`${name} ends`);
      }, patient),
    );
    expect(await readInTime(() => Promise.resolve('other'), { ...patient, place: '/b' })).toBe('other');
    first.end();
    await Promise.all(reads);
    expect(order).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('takes two threads at most', async () => {
    const readInTime = openFileReader();
    const slow = slowRead();
    const begun: string[] = [];
    const reads = ['/a', '/b', '/c', '/d'].map((place) =>
      readInTime(
        () => {
          begun.push(place);
          return slow.read();
        },
        { ...patient, place },
      ),
    );
    await Promise.resolve();
    expect(begun).toEqual(['/a', '/b']);
    slow.end();
    expect(await Promise.all(reads)).toEqual(reads.map(() => 'content'));
    expect(begun).toEqual(['/a', '/b', '/c', '/d']);
  });

  it('that does not end in time keeps one thread: no other of its place begins until it ends', async () => {
    const readInTime = openFileReader();
    const stuck = slowRead();
    const begun: string[] = [];
    const other = (name: string) => () => {
      begun.push(name);
      return Promise.resolve(name);
    };
    const first = readInTime(stuck.read, impatient);
    const waiting = readInTime(other('waiting'), patient);
    expect(await first).toBe(noAnswer);
    expect(await waiting).toBe(noAnswer);
    expect(await readInTime(other('later'), patient)).toBe(noAnswer);
    expect(begun).toEqual([]);
    expect(await readInTime(other('elsewhere'), { ...patient, place: '/b' })).toBe('elsewhere');
    stuck.end();
    await stuck.read();
    expect(await readInTime(other('after'), patient)).toBe('after');
  });

  it('does not begin while reads that are overdue keep both threads', async () => {
    const readInTime = openFileReader();
    const stuck = slowRead();
    const overdue = ['/a', '/b'].map((place) => readInTime(stuck.read, { ...impatient, place }));
    const waiting = readInTime(() => Promise.resolve('waiting'), { ...patient, place: '/c' });
    expect(await Promise.all([...overdue, waiting])).toEqual([noAnswer, noAnswer, noAnswer]);
    expect(await readInTime(() => Promise.resolve('later'), { ...patient, place: '/c' })).toBe(noAnswer);
    stuck.end();
    await stuck.read();
    expect(await readInTime(() => Promise.resolve('after'), { ...patient, place: '/c' })).toBe('after');
  });

  it('ends with its signal, also while it waits', async () => {
    const readInTime = openFileReader();
    const stuck = slowRead();
    const [ended, other] = [new AbortController(), new AbortController()];
    const first = readInTime(stuck.read, { ...patient, signal: ended.signal });
    const waiting = readInTime(stuck.read, { ...patient, signal: other.signal });
    other.abort();
    expect(await waiting).toBe(noAnswer);
    ended.abort();
    expect(await first).toBe(noAnswer);
    expect(await readInTime(stuck.read, { ...patient, signal: ended.signal })).toBe(noAnswer);
  });
});
