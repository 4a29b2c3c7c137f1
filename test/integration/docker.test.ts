import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/packed.js';
import { configOf, startService, variable } from '../support/service.js';
import { workspace } from '../support/workspace.js';
import { program } from './support/requirements.js';

interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** The instructions of each stage. */
async function stagesOf(file: string): Promise<Instruction[][]> {
  const text = await readFile(file, 'utf8');
  const lines = text.replaceAll(/^#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  const stages: Instruction[][] = [];
  for (const line of lines.split('\n').filter((each) => each.trim() !== '')) {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, text: rest });
  }
  return stages;
}

const [build = [], final = []] = await stagesOf(join(root, 'Dockerfile'));
const texts = (stage: readonly Instruction[], name: string) =>
  stage.filter((each) => each.name === name).map(({ text }) => text);
const folder = workspace();
const exec = promisify(execFile);
const key = 'the key that everybody should hold, long enough';

describe('the Dockerfile', () => {
  it('keeps the rules that a linter would check', () => {
    const all = [...build, ...final];
    // In the order of hadolint's DL3006, DL3007; DL3000; DL3020; DL3025; DL3002; DL4006.
    for (const image of texts(all, 'FROM')) expect(image).toMatch(/^node:\d+-[a-z]+-slim( AS \w+)?$/);
    for (const path of texts(all, 'WORKDIR')) expect(path).toMatch(/^\//);
    expect(texts(all, 'ADD')).toEqual([]);
    expect(JSON.parse(texts(final, 'ENTRYPOINT')[0] ?? '')).toEqual(['node', '/jwtcheck/bin/jwtcheck.js']);
    const [user = ''] = texts(final, 'USER');
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    for (const run of texts(all, 'RUN')) expect(run).not.toMatch(/[^|]\|[^|]|\bsudo\b|\bcd /);
    // The one thing that is run in the image that is kept is not run here: it takes npm away.
    expect(texts(final, 'RUN')).toEqual([
      expect.stringMatching(/^rm -rf \/usr\/local\/lib\/node_modules [^&]*&& install -d [^&]*$/),
    ]);
  });
});

describe('its steps', () => {
  let machine: string;
  const at = (path: string) => join(machine, path);

  /** What `.dockerignore` lets through: nothing but what it names. */
  async function context(): Promise<string> {
    const [first, ...lines] = (await readFile(join(root, '.dockerignore'), 'utf8')).trim().split('\n');
    expect(first).toBe('*');
    const to = await folder();
    for (const line of lines) {
      const [, name = ''] = /^!([\w.-]+)$/.exec(line) ?? [];
      await cp(join(root, name), join(to, name), { recursive: true });
    }
    return to;
  }

  beforeAll(async () => {
    machine = await folder();
    await chmod(machine, 0o755);
    await mkdir(at('tmp'));
    const files = await context();
    let cwd = '/';
    for (const { name, text } of build) {
      if (name === 'WORKDIR') {
        cwd = text;
        await mkdir(at(cwd), { recursive: true });
      }
      if (name === 'COPY') {
        const [to = '', ...from] = text.split(' ').reverse();
        for (const path of from) await cp(join(files, path), resolve(at(cwd), to, path), { recursive: true });
      }
      if (name === 'RUN') {
        const script = text.replaceAll(/(?<= )\/tmp\b/g, at('tmp'));
        const { PATH, HOME } = process.env;
        const env = { PATH, HOME, npm_config_prefer_offline: 'true' };
        await exec('sh', ['-ec', script], { cwd: at(cwd), env, maxBuffer: 64 * 1024 * 1024 });
      }
    }
    for (const text of texts(final, 'COPY')) {
      const [, from = '', to = ''] = /^--from=build (\S+) (\S+)$/.exec(text) ?? [];
      await cp(at(from), at(to), { recursive: true });
    }
    await exec('chmod', ['-R', 'a-w,a+rX', at('jwtcheck')]);
  }, 600_000);

  /** The entry point as the user of the image, who may write nothing. */
  async function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
    const entry: string[] = JSON.parse(texts(final, 'ENTRYPOINT')[0] ?? '[]');
    const [node = '', ...rest] = entry.map((part) => (part.startsWith('/') ? at(part) : part));
    const [uid, gid] = (texts(final, 'USER')[0] ?? '').split(':');
    const as =
      process.getuid?.() === 0
        ? [program('setpriv', 'util-linux'), `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', node]
        : [node];
    const [first = '', ...others] = as;
    const all = { PATH: process.env.PATH, HOME: '/nonexistent', NODE_ENV: 'production', ...env };
    return exec(first, [...others, ...rest, ...args], { cwd, env: all });
  }

  /** A folder that everybody may read, and nobody may write but its owner. */
  async function readable(files: Readonly<Record<string, unknown>>): Promise<string> {
    const made = await folder(files);
    await chmod(made, 0o755);
    return made;
  }

  it('make a package without anything that is not needed', async () => {
    expect((await readdir(at('jwtcheck'))).sort()).toEqual(
      [
        '.jwtcheckrc.example.json',
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'bin',
        'dist',
        'man',
        'package.json',
      ].sort(),
    );
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect((await run(['--version'], '/')).stdout).toBe(`${version}\n`);
  });

  it('check and watch as a user who may write nothing but the state', async () => {
    const service = await startService(key);
    const state = await folder();
    await chmod(state, 0o777);
    const source = { kind: 'http', url: `${service.origin}/fingerprint` };
    const watch = {
      listen: 'none',
      state: join(state, 'state.json'),
      history: join(state, 'history.ndjson'),
    };
    const project = await readable({ '.jwtcheckrc.json': configOf({ service: { source } }, { watch }) });
    const env = { [variable]: key };
    expect((await run(['-e', 'staging'], project, env)).stdout).toContain('CONSISTENT');
    await run(['watch', '--cycles', '1'], project, env);
    expect((await readdir(state)).sort()).toEqual(['history.ndjson', 'state.json']);
    expect(await readdir(project)).toEqual(['.jwtcheckrc.json']);
    await service.close();
  });

  it('show the demo', async () => {
    await run(['demo', '-q'], await readable({}));
  });
});
