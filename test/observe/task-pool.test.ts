import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TaskPool } from '../../src/observe/task-pool.js';

const turns = async (n: number): Promise<void> => {
  for (let i = 0; i < n; i += 1) await Promise.resolve();
};

describe('a crew', () => {
  it('gives every result in its place, and never works on more at once than it may', async () => {
    const lists = fc.array(fc.array(fc.nat(20), { maxLength: 12 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), lists, async (width, all) => {
        const crew = new TaskPool(width);
        let busy = 0;
        let most = 0;
        const work = async (n: number): Promise<number> => {
          busy += 1;
          most = Math.max(most, busy);
          await turns(n);
          busy -= 1;
          return n * 2;
        };
        const results = await Promise.all(all.map((list) => crew.all(list, work)));
        expect(results).toEqual(all.map((list) => list.map((n) => n * 2)));
        expect(most).toBe(Math.min(width, all.flat().length));
      }),
      { numRuns: 200 },
    );
  });

  it('takes from each list in turn, in the order of its items', async () => {
    const crew = new TaskPool(2);
    const begun: string[] = [];
    const work = async (name: string): Promise<void> => {
      begun.push(name);
      await turns(3);
    };
    await Promise.all([crew.all(['a', 'b', 'c'], work), crew.all([], work), crew.all(['d', 'e'], work)]);
    expect(begun).toEqual(['a', 'b', 'd', 'c', 'e']);
  });

  it('continues with the rest where one fails, and reports the failure', async () => {
    const crew = new TaskPool(1);
    const done: number[] = [];
    const failing = crew.all([1, 2, 3], async (n) => {
      if (n === 1) throw new Error('one');
      done.push(n);
    });
    await expect(failing).rejects.toThrow('one');
    await crew.all([4], async (n) => void done.push(n));
    expect(done).toEqual([2, 3, 4]);
  });

  it('runs single pieces of work among lists, each with its own result or failure', async () => {
    const pool = new TaskPool(2);
    let busy = 0;
    let most = 0;
    const work = async (n: number): Promise<number> => {
      busy += 1;
      most = Math.max(most, busy);
      await turns(3);
      busy -= 1;
      if (n === 2) throw new Error('two');
      return n;
    };
    const single = [1, 2, 3].map((n) => pool.run(() => work(n)));
    const results = await Promise.allSettled([...single, pool.all([4, 5], work)]);
    expect(results.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)))).toEqual([
      1,
      'Error: two',
      3,
      [4, 5],
    ]);
    expect(most).toBe(2);
  });
});
