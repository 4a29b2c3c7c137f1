import { expect, it } from 'vitest';
import { openAnswers, openPast } from '../../../src/monitor/server/past.js';
import { aView, noon } from '../../support/monitor-view.js';

it('works an answer out once for twenty readers, and once more after something new', async () => {
  const view = aView();
  const past = openPast(view);
  const answers = openAnswers<string>();
  let made = 0;
  const read = (ms = 3_600_000) =>
    answers.of(ms, async () => {
      made += 1;
      return JSON.stringify(await past.since(new Date(noon.getTime() - ms)));
    });
  const readers = () => Promise.all(Array.from({ length: 20 }, () => read()));
  expect(new Set(await readers()).size).toBe(1);
  await readers();
  expect({ made, reads: view.reads }).toEqual({ made: 1, reads: 1 });
  answers.forget();
  await readers();
  expect({ made, reads: view.reads }).toEqual({ made: 2, reads: 1 });
  await Promise.all([read(60_000), read(60_000)]);
  expect({ made, reads: view.reads }).toEqual({ made: 3, reads: 1 });
});

it('keeps no answer that failed, and no more spans than a page asks for', async () => {
  const answers = openAnswers<number>();
  let made = 0;
  const failing = () => answers.of(1, () => Promise.reject(new Error(String(++made))));
  await expect(failing()).rejects.toThrow('1');
  await expect(failing()).rejects.toThrow('2');
  for (let span = 0; span < 17; span += 1) await answers.of(span, async () => span);
  expect(await answers.of(0, async () => -1)).toBe(-1);
  expect(await answers.of(16, async () => -1)).toBe(16);
});
