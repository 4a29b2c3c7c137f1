import { mkdtemp, readdir, readFile, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addJobSummary } from '../../src/cli/commands/check/deliver.js';
import { init } from '../../src/cli/commands/init/run.js';
import { openHistory } from '../../src/monitor/history/history.js';
import { appendChanges } from '../../src/monitor/state/journal.js';
import { viewOf } from '../../src/report/view/view.js';
import { createFile, openToAppend, temporaryName } from '../../src/system/files.js';
import { anIo } from '../support/outputs.js';
import { root } from '../support/packed.js';
import { aReport } from '../support/reports.js';
import { plainStyle } from '../support/style.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();

/** A folder with a link to a file outside it. */
async function withLink(name: string) {
  const top = await folder({ 'victim.txt': 'mine\n', 'own/x': '' });
  const link = join(top, 'own', name);
  await symlink(join(top, 'victim.txt'), link);
  return { link, victim: () => readFile(join(top, 'victim.txt'), 'utf8') };
}

describe('files are written', () => {
  it('by one mechanism', async () => {
    const writing = /\b(?:writeFile|appendFile|createWriteStream|copyFile|symlink|writeFileSync|openSync)\(/;
    const found: string[] = [];
    for (const entry of await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      if (writing.test((await readFile(path, 'utf8')).replaceAll(/handle\.\w+\(/g, '')))
        found.push(relative(root, path));
    }
    expect(found).toEqual(['src/system/files.ts']);
  });

  it('under names that cannot be guessed', () => {
    const names = Array.from({ length: 20 }, () => temporaryName('/a/state.json', 'tmp', `${process.pid}.`));
    expect(new Set(names).size).toBe(20);
    for (const name of names) expect(name).toMatch(/^\/a\/\.state\.json\.\d+\.[\w-]{12}\.tmp$/);
  });

  it('never through a link', async () => {
    const { link, victim } = await withLink('file');
    await expect(createFile(link, 'x')).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(openToAppend(link)).rejects.toMatchObject({ code: 'ELOOP' });
    expect(await victim()).toBe('mine\n');
  });
});

describe('a link that takes the place', () => {
  it('of a journal is not written through', async () => {
    const { link, victim } = await withLink('state.json.journal');
    await expect(appendChanges(link.replace(/\.journal$/, ''), 'x', [])).rejects.toMatchObject({
      code: 'ELOOP',
    });
    expect(await victim()).toBe('mine\n');
  });

  it('of a history is not written through, and it is said why', async () => {
    const own = await folder();
    const path = join(own, 'history.ndjson');
    const history = await openHistory(path, { warn: () => {} });
    const { link, victim } = await withLink('history.ndjson');
    await symlink(link, join(await mkdtemp(join(own, 'x')), 'y'));
    const { rm } = await import('node:fs/promises');
    await rm(path);
    await symlink(link, path);
    const given = {
      type: 'given-up',
      at: '2026-01-31T12:00:00.000Z',
      environment: 'e',
      recipient: 'r',
      eventId: 'i',
      reason: 'x',
    } as const;
    expect(await history.append(given)).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('too many links') },
    });
    expect(await victim()).toBe('mine\n');
  });

  it('of a job summary is not written through', async () => {
    const { link, victim } = await withLink('summary.md');
    const io = { ...anIo(), env: { GITHUB_STEP_SUMMARY: link } };
    await addJobSummary(viewOf(aReport()), plainStyle, io);
    expect(io.stderr.text()).toBe('warning: the job summary cannot be written (ELOOP)\n');
    expect(await victim()).toBe('mine\n');
  });

  it('of a configuration is not replaced by init where it leads elsewhere', async () => {
    const { link, victim } = await withLink('.jwtcheckrc.json');
    const io = { ...anIo(), cwd: join(link, '..') };
    const flags = { guess: false, yes: true, force: true, service: ['a=https://a.example/fp'] };
    await expect(init(flags, io, async () => 0)).rejects.toThrow('is a link that leads out of the folder');
    expect(await victim()).toBe('mine\n');
  });
});
