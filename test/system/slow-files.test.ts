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

const patient = { ms: 1_000_000 };
const impatient = { ms: 1 };

describe('a read of a file', () => {
  it('gives its content, or rejects as it does', async () => {
    const readInTime = openFileReader();
    expect(await readInTime(() => Promise.resolve('content'), patient)).toBe('content');
    await expect(readInTime(() => Promise.reject(new Error('no')), patient)).rejects.toThrow('no');
    expect(await readInTime(() => Promise.resolve('content'), patient)).toBe('content');
  });

  it('waits for the one before', async () => {
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
    first.end();
    await Promise.all(reads);
    expect(order).toEqual(['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('that does not end in time keeps one thread only: no other begins until it ends', async () => {
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
    stuck.end();
    await stuck.read();
    expect(await readInTime(other('after'), patient)).toBe('after');
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
