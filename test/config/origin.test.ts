import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { originOf } from '../../src/config/origin.js';
import { type Files, workspace } from '../support/workspace.js';

const folder = workspace();

async function origin(files: Files, name: string, env: Readonly<Record<string, string>> = {}) {
  const cwd = await folder(files);
  return originOf({ file: join(cwd, name), environment: 'staging' }, { cwd, env });
}

const json = `{
  // a comment
  "environments": {
    "other": { "participants": { "auth": {} } },
    "staging": {
      "participants": {
        "store": { "source": { "kind": "env" } },
        "auth":
          {},
        "a \\u0062": {},
      },
    },
  },
}
`;

describe("where a configuration's participants stand", () => {
  it('is known for JSON with comments', async () => {
    const { file, lineOf } = await origin({ '.jwtcheckrc.json': json }, '.jwtcheckrc.json');
    expect(file).toBe('.jwtcheckrc.json');
    expect(['store', 'auth', 'a b', 'nobody'].map(lineOf)).toEqual([7, 8, 10, null]);
  });

  it('is known for YAML, aliases followed', async () => {
    const yaml = `environments:
  other: &same
    participants:
      store: {}
      'auth': {}
  staging: *same
`;
    const { lineOf } = await origin({ 'conf/jwt.yaml': yaml }, 'conf/jwt.yaml');
    expect(['store', 'auth'].map(lineOf)).toEqual([4, 5]);
  });

  it('is known for the key in package.json', async () => {
    const text = `{ "name": "x",\n"environments": {},\n"jwtcheck": ${json.replace(/\/\/.*/, '').replaceAll(/,(\s*})/g, '$1')} }`;
    const { file, lineOf } = await origin({ 'package.json': text }, 'package.json');
    expect([file, lineOf('auth')]).toEqual(['package.json', 10]);
  });

  it('is unknown where the file is gone, broken or a pipe, and that is no error', async () => {
    expect((await origin({}, 'gone.json')).lineOf('auth')).toBeNull();
    expect((await origin({ 'a.json': '{' }, 'a.json')).lineOf('auth')).toBeNull();
    expect((await origin({ 'a.json': '[1]' }, 'a.json')).lineOf('auth')).toBeNull();
    const pipe = await originOf({ file: '/dev/fd/63', environment: 'staging' }, { cwd: '/', env: {} });
    expect([pipe.file, pipe.lineOf('auth')]).toEqual([null, null]);
    const cwd = await folder({});
    execFileSync('mkfifo', [join(cwd, 'pipe')]);
    const fifo = await originOf({ file: join(cwd, 'pipe'), environment: 'staging' }, { cwd, env: {} });
    expect([fifo.file, fifo.lineOf('auth')]).toEqual([null, null]);
    const none = await originOf({ file: null, environment: 'staging' }, { cwd: '/', env: {} });
    expect(none.file).toBeNull();
  });
});

describe("the path of a configuration's file", () => {
  it("starts from the repository's top, then from GITHUB_WORKSPACE, then from the working directory", async () => {
    const top = await folder({ 'a/b/c.json': json });
    const path = async (cwd: string, env: Readonly<Record<string, string>> = {}) =>
      (await originOf({ file: join(top, 'a/b/c.json'), environment: 'staging' }, { cwd, env })).file;
    expect(await path(join(top, 'a/b'))).toBe('c.json');
    expect(await path(join(top, 'a/b'), { GITHUB_WORKSPACE: join(top, 'a') })).toBe('b/c.json');
    expect(await path('/', { GITHUB_WORKSPACE: '' })).toMatch(/^tmp\/|\/a\/b\/c\.json$/);
    expect(await path(join(top, 'elsewhere'))).toBe(join(top, 'a/b/c.json'));
    await mkdir(join(top, '.git'));
    expect(await path(join(top, 'a/b'), { GITHUB_WORKSPACE: join(top, 'a') })).toBe('a/b/c.json');
  });
});
