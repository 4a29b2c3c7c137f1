import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { partFileName, partFlags } from '../../src/cli/commands/check/part-flags.js';
import { runHere } from '../support/here.js';
import { workspace } from '../support/workspace.js';

const observing = {
  shard: undefined,
  reach: undefined,
  formats: ['observations' as const],
  dryRun: false,
};
const reporting = { ...observing, formats: ['json' as const] };
const both = { ...observing, formats: ['observations' as const, 'pretty' as const] };
const shardBy = (env: Readonly<Record<string, string>>) => partFlags(observing, env).part?.shard;

describe('--shard', () => {
  const given = (shard: string) => partFlags({ ...observing, shard }, {}).part?.shard;

  it('takes an index from 1, and a count', () => {
    expect(given('1/3')).toEqual({ index: 1, of: 3 });
    expect(given('10000/10000')).toEqual({ index: 10_000, of: 10_000 });
    expect(given('1/1')).toBeUndefined();
  });

  it.each([
    '4/3',
    '0/3',
    '1/0',
    '0/0',
    'a/b',
    '1',
    '1/',
    '/3',
    '-1/3',
    '1/3/5',
    ' 1/3',
    '1/10001',
    '',
    '1e1/9e1',
    '½/3',
  ])('rejects %j', (text) => {
    expect(() => given(text)).toThrow('--shard takes INDEX/COUNT such as 1/3');
  });

  it('has no verdict of its own: without observations, it is an error', () => {
    const flags = { ...reporting, shard: '1/3' };
    expect(() => partFlags(flags, {})).toThrow('--shard looks at a part, which has no verdict of its own');
    expect(() => partFlags({ ...both, shard: '1/3' }, {})).toThrow('--shard looks at a part');
    expect(() => partFlags({ ...both, reach: ['eu'] }, {})).toThrow('--reach looks at a part');
    expect(partFlags({ ...reporting, reach: ['eu'] }, {}).isJudgedLater).toBe(false);
    expect(partFlags({ ...flags, dryRun: true }, {}).part?.shard).toEqual({ index: 1, of: 3 });
  });
});

describe('the shard of an engine', () => {
  it.each([
    ['Kubernetes', { JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '3' }, 1],
    ['Kubernetes', { JOB_COMPLETION_INDEX: '2', JOB_COMPLETIONS: '3' }, 3],
    ['Cloud Run', { CLOUD_RUN_TASK_INDEX: '2', CLOUD_RUN_TASK_COUNT: '3' }, 3],
    ['GitLab CI', { CI_NODE_INDEX: '3', CI_NODE_TOTAL: '3' }, 3],
    ['a GitHub matrix', { JWTCHECK_MATRIX_INDEX: '0', JWTCHECK_MATRIX_TOTAL: '3' }, 1],
  ])('is found from the variables of %s: %j', (_, env, index) => {
    expect(shardBy(env)).toEqual({ index, of: 3 });
    // A check that looked at a third because its pipeline runs it three times would report the whole as consistent.
    expect(partFlags(reporting, env).part?.shard).toBeUndefined();
    expect(partFlags(both, env).part).toBeUndefined();
    expect(partFlags({ ...observing, shard: '1/2' }, env).part?.shard).toEqual({ index: 1, of: 2 });
    expect(partFlags({ ...observing, shard: '1/1' }, env).part?.shard).toBeUndefined();
  });

  it('is the whole where the run shares its work with no other', () => {
    expect(shardBy({})).toBeUndefined();
    expect(shardBy({ CI_NODE_TOTAL: '1' })).toBeUndefined();
    const task = { CLOUD_RUN_TASK_INDEX: '0', CLOUD_RUN_TASK_COUNT: '1' };
    expect(shardBy(task)).toBeUndefined();
    expect(shardBy({ ...task, CI_NODE_INDEX: '1', CI_NODE_TOTAL: '2' })).toEqual({ index: 1, of: 2 });
  });

  it('is not guessed', () => {
    expect(() => shardBy({ JOB_COMPLETION_INDEX: '0' })).toThrow(
      'JOB_COMPLETION_INDEX is set, but JOB_COMPLETIONS is not',
    );
    const twice = { JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '3', CI_NODE_INDEX: '1', CI_NODE_TOTAL: '2' };
    expect(() => shardBy(twice)).toThrow('JOB_COMPLETION_INDEX and CI_NODE_INDEX are both set');
    for (const index of ['3', '-1', 'secret', '0x1', '1.5'])
      expect(() => shardBy({ JOB_COMPLETION_INDEX: index, JOB_COMPLETIONS: '3' })).toThrow(
        /^JOB_COMPLETION_INDEX must be a number from 0 to JOB_COMPLETIONS - 1, and JOB_COMPLETIONS from 1 to 10000$/,
      );
    expect(() => shardBy({ CI_NODE_INDEX: '0', CI_NODE_TOTAL: '3' })).toThrow('from 1 to CI_NODE_TOTAL');
  });
});

it('a part in a folder has a name of its own', () => {
  const names = [
    undefined,
    { shard: { index: 2, of: 3 }, reach: null },
    { shard: null, reach: ['eu-private'] },
    { shard: { index: 2, of: 3 }, reach: ['eu', 'us'] },
  ].map(partFileName);
  expect(names).toEqual(['whole.json', 'part-2-of-3.json', 'part-eu-private.json', 'part-eu-us-2-of-3.json']);
});

describe('the command line', () => {
  const folder = workspace();
  const source = { kind: 'env', names: ['THE_SECRET'] };
  const config = {
    environments: {
      staging: {
        reference: 'store',
        participants: { store: { source }, eu_service: { source, reach: 'eu' } },
      },
    },
  };

  it('checks the participants of a network, and lists what it would contact', async () => {
    const cwd = await folder({ '.jwtcheckrc.json': config });
    const env = { THE_SECRET: 'a-secret-that-is-long-enough-for-HS256' };
    const run = await runHere(['--reach', 'eu', '-f', 'json'], { cwd, env });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(run.stdout)).toMatchObject({
      participants: [{ name: 'store' }, { name: 'eu_service' }],
    });
    const listed = await runHere(['--reach', 'default', '--dry-run'], { cwd });
    expect(listed.stdout).not.toContain('eu_service');
  });

  it('names what is wrong, and ends with 2', async () => {
    const cwd = await folder({ '.jwtcheckrc.json': config });
    const unknown = await runHere(['--reach', 'eur'], { cwd });
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain('no participant has the label `eur`');
    expect(unknown.stderr).toContain('Labels: default, eu.');
    const partial = await runHere(['--shard', '1/2'], { cwd });
    expect(partial).toMatchObject({ code: 2, stdout: '' });
    expect(partial.stderr).toContain('-f observations:part.json, then jwtcheck judge');
  });

  it('writes a part into a folder, and has no verdict', async () => {
    const { eu_service: _, ...rest } = config.environments.staging.participants;
    const wrong = { source: { kind: 'file', path: 'wrong' }, reach: 'eu' };
    const staging = { reference: 'store', participants: { ...rest, wrong } };
    const cwd = await folder({ '.jwtcheckrc.json': { environments: { staging } }, wrong: 'another secret' });
    const env = { THE_SECRET: 'a-secret-that-is-long-enough-for-HS256' };
    const whole = await runHere(['-f', 'json'], { cwd, env });
    expect(whole.code).toBe(1);
    const flags = ['--reach', 'eu', '-f', 'observations:parts/'];
    expect(await runHere(flags, { cwd, env })).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const sharded = { ...env, CI_NODE_INDEX: '2', CI_NODE_TOTAL: '2' };
    expect(await runHere(flags, { cwd, env: sharded })).toMatchObject({ code: 0 });
    expect((await readdir(join(cwd, 'parts'))).sort()).toEqual(['part-eu-2-of-2.json', 'part-eu.json']);
    const part = JSON.parse(await readFile(join(cwd, 'parts/part-eu.json'), 'utf8'));
    expect(part).toMatchObject({ part: { shard: null, reach: ['eu'] }, observed: ['wrong'] });
    expect(part.all).toHaveLength(2);
  });

  it('monitors one network, and runs no command after observations', async () => {
    const cwd = await folder({ '.jwtcheckrc.json': config });
    const env = { THE_SECRET: 'a-secret-that-is-long-enough-for-HS256' };
    const listed = await runHere(['watch', '--reach', 'eu', '--dry-run'], { cwd, env });
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('eu_service') });
    const other = await runHere(['watch', '--reach', 'default', '--dry-run'], { cwd, env });
    expect(other).toMatchObject({ code: 0, stdout: expect.not.stringContaining('eu_service') });
    const gate = await runHere(['exec', '--check', '-f', 'observations:part.json', '--', 'true'], {
      cwd,
      env,
    });
    expect(gate).toMatchObject({ code: 2, stderr: expect.stringContaining('observations have none') });
  });
});
