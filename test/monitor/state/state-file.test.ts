import {
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JwtcheckError, UsageError } from '../../../src/errors.js';
import { emptyState, openStateFile } from '../../../src/monitor/state/state-file.js';
import { aDriftEvent, aState } from '../../support/monitor-records.js';
import { needs } from '../../support/needs.js';
import { runs } from '../../support/random.js';
import { workspace } from '../../support/workspace.js';

const folder = workspace();
const at = new Date('2026-11-22T01:02:03.456Z');

async function opened(path: string, now: () => Date = () => at) {
  const warnings: string[] = [];
  const file = await openStateFile(path, { now, warn: (text) => warnings.push(text) });
  return { ...file, warnings };
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('the state file', () => {
  it('begins empty, in folders that it makes, readable by no other user', async () => {
    const place = join(await folder(), 'a', 'b');
    const path = join(place, 'state.json');
    const { state, warnings } = await opened(path);
    expect({ state, warnings }).toEqual({ state: emptyState, warnings: [] });
    expect([await modeOf(path), await modeOf(place)]).toEqual([0o600, 0o700]);
  });

  it('gives back what was saved', async () => {
    const path = join(await folder(), 'state.json');
    const { save } = await opened(path);
    const since = '2026-01-31T12:00:00.000Z';
    const outage = {
      away: 3,
      back: 0,
      since,
      told: null,
      toldAt: null,
      dedupKey: null,
      recent: [since, null, since],
      relapses: { times: 1, calm: 2 },
    };
    const drift = {
      level: 'CRITICAL' as const,
      participants: ['constructor', '"\\\u0000\ud800'],
      summary: 's',
      // Earlier versions wrote no steps.
      findings: aDriftEvent().findings.flatMap((one) => [
        one,
        { ...one, steps: [{ text: 'Do this:' }, { command: 'printf %s x' }] },
      ]),
      impact: { currency: 'USD', mrrAtRisk: 1.5 },
    };
    const state = {
      schemaVersion: 1 as const,
      environments: {
        toString: {
          checkedAt: since,
          recent: [since],
          relapses: null,
          bad: { count: 1, since: outage.since, drift },
          good: 0,
          changed: { count: 2, drift, recent: [since, null], adds: [since] },
          incident: {
            id: 'i',
            since: outage.since,
            told: drift,
            toldAt: outage.since,
            peak: 'EMERGENCY' as const,
            dedupKey: 'key',
            changes: 3,
          },
          group: { id: 'g', dedupKey: 'key', since, told: ['a'], members: ['a'], toldAt: since, changes: 0 },
          outages: { hasOwnProperty: outage },
          blindness: { ...outage, told: 'i' },
          unsettled: { count: 1, since: outage.since },
          rotation: {
            since,
            open: {
              id: 'r',
              mode: 'overlap' as const,
              state: 'promoted' as const,
              from: 7,
              to: 8,
              enteredAt: since,
              since,
              incident: 'i',
              dedupKey: 'key',
              told: 'staged' as const,
              stalledAt: since,
            },
            newest: { id: 'r', state: 'promoted' as const, at: since },
            older: { entry: { id: 'r', state: 'staged' as const, at: since }, since },
          },
        },
      },
      unsent: [{ event: aDriftEvent(), to: ['slack', 'history'] }],
      open: [
        aDriftEvent(),
        aDriftEvent({ type: 'participant-unreachable' }),
        aDriftEvent({
          type: 'rotation-started',
          rotation: {
            id: 'r',
            mode: 'cutover',
            state: 'idle',
            before: null,
            from: 7,
            to: null,
            enteredAt: since,
          },
        }),
      ],
    };
    await save(state);
    const again = await opened(path);
    expect({ state: again.state, warnings: again.warnings }).toEqual({ state, warnings: [] });
  });

  it('leaves out keys that it does not know, which a later version may have added', async () => {
    const state = aState(3);
    const place = await folder({
      'state.json': { ...state, later: 1, unsent: [{ ...state.unsent[0], later: 2 }] },
    });
    const { state: read, warnings } = await opened(join(place, 'state.json'));
    expect({ read, warnings }).toEqual({ read: state, warnings: [] });
  });

  it('takes one of an earlier version, which wrote down less', async () => {
    const since = '2026-01-31T12:00:00.000Z';
    const drift = { ...aDriftEvent(), level: 'CRITICAL', summary: 's' };
    const outage = { away: 3, back: 0, since, told: null };
    const environment = {
      bad: { count: 1, since, drift },
      good: 0,
      changed: null,
      incident: { id: 'i', since, told: drift, toldAt: since, peak: 'EMERGENCY' },
      outages: { backend_service: { ...outage, told: 'o' } },
      blindness: outage,
      unsettled: null,
    };
    const place = await folder({
      'state.json': { schemaVersion: 1, environments: { staging: environment }, unsent: [], open: [] },
    });
    const { state, warnings } = await opened(join(place, 'state.json'));
    expect(warnings).toEqual([]);
    expect(state.environments.staging).toMatchObject({
      checkedAt: null,
      rotation: null,
      incident: { id: 'i', dedupKey: 'i', changes: 0 },
      outages: { backend_service: { told: 'o', toldAt: null, recent: [] } },
    });
  });

  const text = JSON.stringify(aState(3));
  const changed = (changes: object) => JSON.stringify({ ...aState(3), ...changes });
  it.for([
    ['empty', '', 'is empty'],
    ['torn', text.slice(0, -20), 'is torn'],
    ['zeroes after a power cut', Buffer.alloc(500), 'is torn'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'is torn'],
    ['two documents', `${text}${text}`, 'is torn'],
    ['foreign', '{"name":"app","version":"1.0.0"}', 'is no state of jwtcheck'],
    ['a list', '[]', 'is no state of jwtcheck'],
    ['a number', '1', 'is no state of jwtcheck'],
    ['null', 'null', 'is no state of jwtcheck'],
    ['no environments', '{"schemaVersion":1}', 'is no state of jwtcheck'],
    ['later', changed({ schemaVersion: 2, unsent: 'elsewhere' }), 'is of a later version of jwtcheck'],
    ['earlier than there is', changed({ schemaVersion: 0 }), 'is damaged'],
    ['a count below zero', text.replace('"good":3', '"good":-3'), 'is damaged'],
    ['a count that is none', text.replace('"good":3', '"good":1e999'), 'is damaged'],
    ['a level that there is not', text.replace('CRITICAL', 'PANIC'), 'is damaged'],
    ['no time', text.replace('2026-01-31T12:01', '2026-13-31T12:01'), 'is damaged'],
  ] as const)('sets aside one that is %s', async ([, content, why]) => {
    const place = await folder({ 'state.json': content });
    const { state, warnings } = await opened(join(place, 'state.json'));
    expect(state).toEqual(emptyState);
    const aside = 'state.json.set-aside-2026-11-22T01-02-03Z';
    expect(warnings).toEqual([expect.stringContaining(why)]);
    expect(warnings[0]).toContain(`set aside as ${join(place, aside)}`);
    expect((await readdir(place)).sort()).toEqual(['state.json', aside]);
    expect(await readFile(join(place, aside))).toEqual(Buffer.from(content));
  });

  it('never takes the place of one that was set aside before', async () => {
    const place = await folder();
    for (const content of ['first', 'second', 'third']) {
      await writeFile(join(place, 'state.json'), content);
      await opened(join(place, 'state.json'));
    }
    const aside = `${join(place, 'state.json')}.set-aside-2026-11-22T01-02-03Z`;
    expect(await Promise.all(['', '-2', '-3'].map((n) => readFile(`${aside}${n}`, 'utf8')))).toEqual([
      'first',
      'second',
      'third',
    ]);
  });

  it('opens whatever bytes there are', async () => {
    const place = await folder();
    const path = join(place, 'state.json');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
      fc.json().map((json) => Buffer.from(json)),
      fc.tuple(fc.nat(text.length), fc.string()).map(([cut, rest]) => Buffer.from(text.slice(0, cut) + rest)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        await writeFile(path, content);
        const { state, warnings, save } = await opened(path);
        expect(warnings.length).toBe(state.unsent.length === 0 ? 1 : 0);
        await save(aState(1));
        expect((await opened(path)).state).toEqual(aState(1));
        await rm(place, { recursive: true });
        await mkdir(place);
      }),
      { numRuns: runs(60) },
    );
  });

  it('saves the last of many, one at a time, before any promise of it resolves', async () => {
    const place = await folder();
    const path = join(place, 'state.json');
    const { save } = await opened(path);
    const goodOnDisk = async () => JSON.parse(await readFile(path, 'utf8')).environments.staging?.good;
    let writes = 0;
    let before = (await stat(path)).ino;
    await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        await save(aState(index, 10_000));
        expect(await goodOnDisk()).toBeGreaterThanOrEqual(index);
        const { ino } = await stat(path);
        if (ino !== before) writes += 1;
        before = ino;
      }),
    );
    expect(await goodOnDisk()).toBe(199);
    expect(writes).toBeLessThan(5);
    expect(await readdir(place)).toEqual(['state.json']);
  });

  it('does not start where it could never write', async () => {
    const place = await folder({ file: 'x' });
    await mkdir(join(place, 'folder'));
    for (const [path, why] of [
      ['folder', 'is a folder'],
      ['file/state.json', 'not a folder'],
      [`${'n'.repeat(300)}.json`, 'too long'],
    ] as const) {
      const refused = opened(join(place, path));
      await expect(refused).rejects.toBeInstanceOf(UsageError);
      await expect(refused).rejects.toThrow(/^watch\.state: /);
      await expect(refused).rejects.toThrow(why);
      await expect(refused).rejects.toHaveProperty('hint', expect.stringMatching(/Name a file|may write to/));
    }
    await expect(opened('/dev/null')).rejects.toThrow('not a regular file');
    await expect(opened('/proc/jwtcheck/state.json')).rejects.toBeInstanceOf(UsageError);
  });

  it('does not start in a folder that may not be written', async (context) => {
    needs.ordinaryUser(context);
    const place = await folder();
    await chmod(place, 0o500);
    await expect(opened(join(place, 'state.json'))).rejects.toThrow('permission denied');
    await chmod(place, 0o700);
  });

  it('goes on after a save that failed', async () => {
    const place = await folder();
    const inner = join(place, 'inner');
    const { save } = await opened(join(inner, 'state.json'));
    await rename(inner, join(place, 'away'));
    const failed = save(aState(1));
    await expect(failed).rejects.toBeInstanceOf(JwtcheckError);
    await expect(failed).rejects.toThrow(/^the state could not be saved to .*state\.json: /);
    await rename(join(place, 'away'), inner);
    await save(aState(2));
    expect((await opened(join(inner, 'state.json'))).state).toEqual(aState(2));
  });

  it('tells once where two write the same, and never of its own writing', async () => {
    const path = join(await folder(), 'state.json');
    const one = await opened(path);
    await one.save(aState(1));
    await one.save(aState(2));
    const other = await opened(path);
    await other.save(aState(3));
    for (const number of [4, 5]) {
      await one.save(aState(number));
      await other.save(aState(number));
    }
    for (const { warnings } of [one, other])
      expect(warnings).toEqual([
        expect.stringMatching(/^another process writes .*state\.json: .*its own watch\.state$/),
      ]);
  });

  it('writes where a link leads to, also where nothing is there yet', async () => {
    const place = await folder();
    await symlink('volume', join(place, 'data'));
    await mkdir(join(place, 'volume'));
    await symlink('../elsewhere/real.json', join(place, 'volume', 'state.json'));
    const { save } = await opened(join(place, 'data', 'state.json'));
    await save(aState(4));
    expect(JSON.parse(await readFile(join(place, 'elsewhere', 'real.json'), 'utf8'))).toEqual(aState(4));
    expect(await readdir(join(place, 'volume'))).toEqual(['state.json']);
    await symlink('b', join(place, 'a'));
    await symlink('a', join(place, 'b'));
    await expect(opened(join(place, 'a'))).rejects.toThrow(/link/);
  });

  it('shows the path in the given form', async () => {
    const place = await folder({ 'state.json': 'foreign' });
    const warnings: string[] = [];
    const shown = `\${STATE_FOLDER}/state.json`;
    await openStateFile(join(place, 'state.json'), {
      now: () => at,
      warn: (text) => warnings.push(text),
      shown,
    });
    expect(warnings.join()).toContain(`set aside as ${shown}.set-aside-`);
    expect(warnings.join()).not.toContain(place);
  });

  it('removes what killed processes left, and nothing else', async () => {
    // A process that ended long ago has a number that nobody has.
    const dead = 2 ** 22 + 1;
    const stays = [
      `.state.json.${process.ppid}.1-1.tmp`,
      '.state.json.x.1-1.tmp',
      `.other.json.${dead}.1-1.tmp`,
    ];
    const goes = [
      `.state.json.${dead}.1700000000000-1.tmp`,
      `.state.json.${process.pid}.1-1.tmp`,
      '.state.json.1.5-5.tmp',
    ];
    const place = await folder(Object.fromEntries([...stays, ...goes].map((name) => [name, 'torn'])));
    await utimes(join(place, '.state.json.1.5-5.tmp'), 0, 0);
    for (const name of stays) await utimes(join(place, name), at, at);
    await opened(join(place, 'state.json'));
    expect((await readdir(place)).sort()).toEqual([...stays, 'state.json'].sort());
  });
});
