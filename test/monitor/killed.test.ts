import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { readHistory } from '../../src/monitor/history/read.js';
import { openStateFile, readStateFile } from '../../src/monitor/state/state-file.js';
import { runs } from '../support/random.js';
import { numbers } from '../support/week-of-history.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
let program: string;

beforeAll(async () => {
  program = join(await folder(), 'killed-monitor.mjs');
  await build({
    entryPoints: [resolve(import.meta.dirname, '../support/killed-monitor.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
});

/** One life: killed after so many words, and a moment. Returns the numbers of what it said was done. */
async function live(place: string, ballast: number, words: number, afterMs: number) {
  const child = spawn(process.execPath, [program, place, `${ballast}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = { began: [] as number[], recorded: [] as number[], saved: [] as number[] };
  const wrong: string[] = [];
  let heard = 0;
  const lines = createInterface({ input: child.stdout });
  const exited = once(child, 'exit');
  const read = once(lines, 'close');
  lines.on('line', (line) => {
    const [word = '', number = ''] = line.split(' ');
    if (word === 'began' || word === 'recorded' || word === 'saved') said[word].push(Number(number));
    else wrong.push(line);
    heard += 1;
    if (heard === words) setTimeout(() => child.kill('SIGKILL'), afterMs);
  });
  await Promise.all([exited, read]);
  return { ...said, wrong };
}

describe('a monitor that is killed at any moment', () => {
  it('keeps the state that it saved last, and every event once', async () => {
    const random = numbers(7);
    const place = await folder();
    const acknowledged = new Set<number>();
    let saved = 0;
    const lives = runs(16, 8);
    for (let life = 0; life < lives; life++) {
      // Large records and states, so that many are killed in the middle of a write.
      const ballast = life % 2 === 0 ? 400_000 : 3_000;
      const lived = await live(place, ballast, 2 + Math.floor(random() * 12), random() * 4);
      expect(lived.wrong).toEqual([]);
      for (const began of lived.began) expect([saved, saved + 1]).toContain(began);
      for (const number of lived.recorded) acknowledged.add(number);
      saved = lived.saved.at(-1) ?? lived.began.at(-1) ?? saved;
      // The file is whole, and holds what was saved last, or what was being saved.
      const state = await readStateFile(join(place, 'state.json'));
      expect([saved, saved + 1]).toContain(state.environments.staging?.good ?? 0);
    }

    const ids: string[] = [];
    for await (const record of readHistory(join(place, 'history.ndjson'))) {
      if (record.type === 'event') ids.push(record.event.id);
    }
    expect(acknowledged.size).toBeGreaterThan(lives);
    const expected = Array.from({ length: ids.length }, (_, number) => `event ${number}`);
    expect(ids).toEqual(expected);
    for (const number of acknowledged) expect(number).toBeLessThan(ids.length);

    const warnings: string[] = [];
    const file = await openStateFile(join(place, 'state.json'), {
      now: () => new Date(),
      warn: (text) => warnings.push(text),
    });
    expect(warnings).toEqual([]);
    expect([saved, saved + 1]).toContain(file.state.environments.staging?.good);
    const names = await readdir(place);
    expect(names.filter((name) => !/^history\.ndjson(\.\d+)?$/.test(name))).toEqual(['state.json']);
    expect(names.length).toBeGreaterThan(2);
  });
});
