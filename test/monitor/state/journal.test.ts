import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialState, type MonitorState } from '../../../src/monitor/monitor-model.js';
import { changesBetween, withChanges } from '../../../src/monitor/state/journal.js';
import { openStateFile, readStateFile } from '../../../src/monitor/state/state-file.js';
import { aDriftEvent } from '../../support/monitor-records.js';
import { workspace } from '../../support/workspace.js';

const folder = workspace();
const at = new Date('2026-11-22T01:02:03.456Z');

const opened = (path: string) => openStateFile(path, { now: () => at, warn: () => {}, journalFrom: 1000 });

/** So many events that wait, and participants that are away. */
function aLargeState(waiting: number, away: number): MonitorState {
  const since = at.toISOString();
  const outage = {
    away: 1,
    back: 0,
    since,
    told: null,
    toldAt: null,
    dedupKey: null,
    recent: [since],
    relapses: null,
  };
  const names = Array.from({ length: away }, (_, index): [string, typeof outage] => [
    `service_${index}`,
    outage,
  ]);
  const events = Array.from({ length: waiting }, (_, index) => aDriftEvent({ id: `${index}` }));
  return {
    schemaVersion: 1,
    environments: { staging: { ...initialState, outages: Object.fromEntries(names) } },
    unsent: events.map((event) => ({ event, to: ['slack'] })),
    open: [],
  };
}

describe('changes', () => {
  it('lead from any tree to any other', () => {
    const key = fc.constantFrom('a', 'b', '__proto__', '#1', 'constructor');
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 1, 'x', [1, 2], []),
        fc.array(fc.tuple(key, tie('tree')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
      ),
    }));
    const object = fc.array(fc.tuple(key, tree)).map((entries) => Object.fromEntries(entries));
    fc.assert(
      fc.property(object, object, (before, after) => {
        const changes = JSON.parse(JSON.stringify(changesBetween(before, after)));
        expect(withChanges(before, changes)).toEqual(after);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a large state', () => {
  it('is written in proportion to what changed, and read as it was saved last', async () => {
    const path = join(await folder(), 'state.json');
    const { save } = await opened(path);
    let state = aLargeState(200, 300);
    await save(state);
    const whole = (await stat(path)).size;
    let written = whole;
    while (state.unsent.length > 0) {
      state = { ...state, unsent: state.unsent.slice(1) };
      const before = (await stat(path)).ino;
      const journalBefore = await stat(`${path}.journal`).then(
        ({ size }) => size,
        () => 0,
      );
      await save(state);
      const { ino, size } = await stat(path);
      const journal = await stat(`${path}.journal`).then(
        (file) => file.size,
        () => 0,
      );
      written += ino === before ? journal - journalBefore : size;
      if (state.unsent.length % 25 === 0) expect(await readStateFile(path)).toEqual(state);
      if (state.unsent.length > 190) expect(journal).toBeGreaterThan(0);
    }
    expect(written).toBeLessThan(4 * whole);
    expect((await opened(path)).state).toEqual(state);
  });

  it('whose last line was torn is read as it was before that', async () => {
    const path = join(await folder(), 'state.json');
    const { save } = await opened(path);
    const first = aLargeState(10, 10);
    const second = { ...first, unsent: first.unsent.slice(1) };
    await save(first);
    await save(second);
    await save({ ...first, unsent: first.unsent.slice(2) });
    const journal = await readFile(`${path}.journal`, 'utf8');
    await writeFile(`${path}.journal`, journal.slice(0, -10));
    expect((await opened(path)).state).toEqual(second);
  });

  it('is read without changes of places that no state has', async () => {
    const path = join(await folder(), 'state.json');
    const { save } = await opened(path);
    const first = aLargeState(10, 10);
    await save(first);
    const { journal } = JSON.parse(await readFile(path, 'utf8'));
    const deep = Array.from({ length: 200_000 }, () => 'a');
    await writeFile(`${path}.journal`, `${JSON.stringify({ of: journal, changes: [[deep, 1]] })}\n`);
    expect((await opened(path)).state).toEqual(first);
  });

  it('passes over what was added to an older one', async () => {
    const path = join(await folder(), 'state.json');
    const { save } = await opened(path);
    const first = aLargeState(10, 10);
    await save(first);
    await save({ ...first, unsent: [] });
    const old = await readFile(`${path}.journal`);
    const again = await opened(path);
    await again.save(first);
    const own = await readFile(`${path}.journal`);
    await writeFile(`${path}.journal`, Buffer.concat([old, own]));
    expect((await opened(path)).state).toEqual(first);
  });
});
