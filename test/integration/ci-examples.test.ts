import { execFile } from 'node:child_process';
import { access, chmod, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { expand, runAction } from '../support/action.js';
import { json, startServer, type TestServer } from '../support/http-server.js';
import { installed } from '../support/installed.js';
import { root } from '../support/packed.js';
import { some } from '../support/random.js';
import { configOf, fingerprint, variable } from '../support/service.js';
import { workspace } from '../support/workspace.js';

/** Examples of docs/ci.md by the name of the file that they are for. */
const examples = new Map<string, string>();
const page = await readFile(join(root, 'docs/ci.md'), 'utf8');
for (const [, text = ''] of page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)) {
  const [, name = ''] = /^(?:#!.*\n)?(?:#|\/\/) (\S+)\n/.exec(text) ?? [];
  examples.set(name, text);
}
const example = (name: string): string => examples.get(name) ?? '';

const key = 'the key that everybody should hold, long enough';
const credentials = { FINGERPRINT_TOKEN: 'a token for the fingerprint', SERVICE_SECRET: 'of the caller' };
const folder = workspace();
let service: TestServer;
let held = key;
let project: string;
let path: string;

beforeAll(async () => {
  service = await startServer((request, response) => {
    const known =
      request.headers.authorization === `Bearer ${credentials.FINGERPRINT_TOKEN}` &&
      request.headers['x-service-secret'] === credentials.SERVICE_SECRET;
    json(known ? { fingerprint: fingerprint(held) } : {}, known ? 200 : 401)(request, response);
  });
});
afterAll(() => service.close());

beforeEach(async () => {
  held = key;
  const headers = {
    authorization: `Bearer $${'{FINGERPRINT_TOKEN:-}'}`,
    'x-service-secret': `$${'{SERVICE_SECRET:-}'}`,
  };
  const { environments, ...rest } = configOf({
    test_framework: { source: { kind: 'env', names: ['JWT_SECRET'] } },
    service: { source: { kind: 'http', url: `${service.origin}/fingerprint`, headers } },
  });
  project = await folder({
    '.jwtcheckrc.json': { ...rest, environments: { ...environments, production: environments.staging } },
    'package.json': { private: true },
    'deploy.sh': '#!/bin/sh\necho "deployed to $1" >>deployed.txt\n',
    // npm has nothing to install: what stands for the package is this repository.
    'programs/npm': '#!/bin/sh\n[ "$*" = "ci --ignore-scripts" ]\n',
  });
  for (const name of ['deploy.sh', 'programs/npm']) await chmod(join(project, name), 0o755);
  path = `${join(project, 'programs')}:${await installed(project)}`;
});

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs a program in the project as a runner would, with nothing in its environment but this. */
function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  return new Promise((done) => {
    const all = { PATH: path, HOME: project, CI: 'true', [variable]: key, JWT_SECRET: key, ...env };
    const child = execFile(program, args, { cwd: project, env: all }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      done({ code, output: stdout + stderr });
    });
    child.stdin?.end();
  });
}

const script = (lines: readonly string[], env: Readonly<Record<string, string>> = credentials) =>
  run('bash', ['--norc', '-eo', 'pipefail', '-c', lines.join('\n')], env);

const fine = { code: 0, output: expect.stringContaining('CONSISTENT') };
const isThere = (file: string) => access(resolve(project, file));
const junitIn = async (file: string) =>
  expect(await readFile(join(project, file), 'utf8')).toMatch(/<testsuite/);

/** A gate that lets everything through is none. */
async function stopsWhereItDrifts(again: () => Promise<Ended>): Promise<void> {
  held = `${key}\n`;
  expect(await again()).toMatchObject({ code: 1, output: expect.stringContaining('trailing-newline') });
}

it('has an example for every place that it promises', () => {
  expect([...examples.keys()].sort()).toEqual([
    '.circleci/config.yml',
    '.git/hooks/pre-push',
    '.github/workflows/deploy.yml',
    '.github/workflows/fleet.yml',
    '.github/workflows/nightly.yml',
    '.github/workflows/verify.yml',
    '.gitlab-ci.yml',
    '.gitlab/fleet.yml',
    'Jenkinsfile',
    'cloudbuild.yaml',
  ]);
});

const step = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z
    .string()
    .regex(/^[\w-]+\/[\w-]+(\/[\w-]+)*@v\d+$/)
    .optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.string()).default({}),
  env: z.record(z.string(), z.string()).default({}),
});
const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.enum(['push', 'schedule', 'workflow_dispatch', 'workflow_run']), z.unknown().optional()),
  permissions: z.record(
    z.enum(['contents', 'id-token', 'security-events']),
    z.enum(['read', 'write']).optional(),
  ),
  jobs: z.record(
    z.string(),
    z.strictObject({
      'runs-on': z.literal('ubuntu-latest'),
      environment: z.string().optional(),
      needs: z.string().optional(),
      if: z.string().optional(),
      strategy: z
        .strictObject({
          'fail-fast': z.boolean(),
          matrix: z.strictObject({ environment: z.array(z.string()) }),
        })
        .optional(),
      steps: z.array(step),
    }),
  ),
});

/** A workflow whose jobs share one check. */
const fleet = z.strictObject({
  name: z.string(),
  on: z.unknown(),
  permissions: z.record(z.string(), z.string()),
  jobs: z.strictObject({
    parts: z.strictObject({
      'runs-on': z.string(),
      strategy: z.strictObject({
        'fail-fast': z.literal(false),
        matrix: z.strictObject({ shard: z.array(z.number()) }),
      }),
      steps: z.array(step),
    }),
    judge: z.strictObject({
      needs: z.literal('parts'),
      if: z.literal('always()'),
      'runs-on': z.string(),
      steps: z.array(step),
    }),
  }),
});

describe('GitHub Actions', () => {
  let temp: string;
  beforeAll(async () => {
    temp = await folder();
    await installed(join(temp, 'jwtcheck'));
  });

  it.each(some(['deploy', 'verify', 'nightly'], 1))('%s.yml', async (name) => {
    const { permissions, jobs } = workflow.parse(
      parse(example(`.github/workflows/${name}.yml`), { version: '1.2' }),
    );
    // Without it, Google's action gets no token to exchange; checkout needs the other.
    expect(permissions).toMatchObject({ contents: 'read', 'id-token': 'write' });
    let uses = 0;
    for (const job of Object.values(jobs)) {
      if (job.needs !== undefined) expect(jobs).toHaveProperty(job.needs);
      for (const environment of job.strategy?.matrix.environment ?? ['']) {
        const context: Record<string, string> = { 'matrix.environment': environment };
        for (const [credential, value] of Object.entries(credentials))
          context[`secrets.${credential}`] = value;
        for (const at of job.steps) {
          const given: Record<string, string> = {};
          const env: Record<string, string> = { [variable]: key, JWT_SECRET: key };
          for (const [input, value] of Object.entries(at.with)) given[input] = expand(value, context);
          for (const [input, value] of Object.entries(at.env)) env[input] = expand(value, context);
          if (at.uses?.startsWith('jwtcheck/jwtcheck@')) {
            uses += 1;
            const use = { with: given, env, workspace: project, temp, only: ['Check the JWT secrets'] };
            const ended = await runAction(use);
            expect(ended).toMatchObject({ code: 0, outputs: { verdict: 'consistent' } });
            expect(ended.summary).not.toBe('');
            for (const [, file = ''] of (given.format ?? '').matchAll(/^\w+:(.+)$/gm)) await isThere(file);
            context[`steps.${at.id}.outputs.report`] = ended.outputs.report ?? '';
          }
          if (at.uses?.startsWith('actions/upload-artifact@')) await isThere(given.path ?? '');
          if (at.uses?.startsWith('github/codeql-action/')) {
            expect(permissions['security-events']).toBe('write');
            await isThere(given.sarif_file ?? '');
          }
          if (at.run !== undefined) expect(await script([at.run])).toMatchObject({ code: 0 });
        }
      }
    }
    expect(uses).toBe(name === 'nightly' ? 2 : 1);
  });
});

const lines = z.array(z.string());

describe('a fleet in several jobs', () => {
  const judged = ['npm ci --ignore-scripts', /^node_modules\/\.bin\/jwtcheck judge parts\/ /];
  /** Judges what all parts observed, then the same with a difference, and with a part that is missing. */
  async function judges(observe: () => Promise<void>, judge: readonly string[]): Promise<void> {
    for (const [index, command] of judge.entries()) expect(command).toMatch(judged[index] ?? /^$/);
    await observe();
    expect(await script(judge, {})).toMatchObject({ code: 0 });
    const [first = ''] = await readdir(join(project, 'parts'));
    await rm(join(project, 'parts', first));
    expect(await script(judge, {})).toMatchObject({ code: 3 });
    held = `${key}\n`;
    await observe();
    expect(await script(judge, {})).toMatchObject({
      code: 1,
      output: expect.stringContaining('trailing-newline'),
    });
  }

  it('a matrix of GitHub Actions', async () => {
    const temp = await folder();
    await installed(join(temp, 'jwtcheck'));
    const text = parse(example('.github/workflows/fleet.yml'), { version: '1.2' });
    const { parts, judge } = fleet.parse(text).jobs;
    const total = parts.strategy.matrix.shard.length;
    const observe = async () => {
      for (const index of parts.strategy.matrix.shard.keys()) {
        const [uses, upload] = parts.steps.slice(-2);
        const context = { 'strategy.job-index': `${index}`, 'strategy.job-total': `${total}` };
        expect(uses?.uses).toMatch(/^jwtcheck\//);
        const env = { [variable]: key, JWT_SECRET: key, ...credentials };
        const only = ['Check the JWT secrets'];
        const use = { with: uses?.with ?? {}, env, workspace: project, temp, only, context };
        expect(await runAction(use)).toMatchObject({ code: 0, outputs: { verdict: '', report: '' } });
        expect(upload?.with.name).toMatch(/\$\{\{ strategy\.job-index \}\}/);
        await isThere(join(upload?.with.path ?? '', `part-${index + 1}-of-${total}.json`));
      }
    };
    const download = judge.steps.find(({ uses }) => uses?.startsWith('actions/download-artifact@'));
    expect(download?.with).toMatchObject({ path: 'parts', 'merge-multiple': 'true' });
    await judges(
      observe,
      judge.steps.flatMap(({ run }) => run ?? []),
    );
  });

  it('the parallel jobs of GitLab', async () => {
    const job = z.strictObject({
      image: z.string(),
      needs: lines.optional(),
      when: z.literal('always').optional(),
      parallel: z.number().default(1),
      script: lines,
      artifacts: z.looseObject({ paths: lines.default([]) }),
    });
    const jobs = z.strictObject({ 'jwt-parts': job, 'jwt-fleet': job });
    const { 'jwt-parts': parts, 'jwt-fleet': judge } = jobs.parse(parse(example('.gitlab/fleet.yml')));
    expect(judge.needs).toEqual(['jwt-parts']);
    expect(parts.artifacts.paths).toEqual(['parts/']);
    const observe = async () => {
      for (let index = 1; index <= parts.parallel; index += 1) {
        const node = { CI_NODE_INDEX: `${index}`, CI_NODE_TOTAL: `${parts.parallel}` };
        expect(await script(parts.script, { ...credentials, ...node })).toEqual({ code: 0, output: '' });
      }
    };
    await judges(observe, judge.script);
    await junitIn('out/junit.xml');
  });
});

it('GitLab CI', async () => {
  const job = z.strictObject({
    extends: z.union([z.string(), lines]).optional(),
    stage: z.string().optional(),
    image: z.string().optional(),
    before_script: lines.optional(),
    script: lines.optional(),
    rules: z.array(z.strictObject({ if: z.string() })).optional(),
    artifacts: z
      .strictObject({
        when: z.literal('always'),
        paths: lines,
        reports: z.strictObject({ junit: z.string() }),
      })
      .optional(),
  });
  const { stages, ...jobs } = z
    .object({ stages: lines })
    .catchall(job)
    .parse(parse(example('.gitlab-ci.yml')));
  for (const [name, own] of Object.entries(jobs)) {
    if (name.startsWith('.')) continue;
    const whole = Object.assign({}, ...[own.extends ?? []].flat().map((parent) => jobs[parent]), own);
    const { stage, script: commands, before_script: before = [], rules, artifacts } = job.parse(whole);
    expect(stages).toContain(stage);
    // A nightly pipeline must not deploy.
    expect(rules?.[0]?.if).toMatch(name.endsWith('nightly') ? /== "schedule"/ : /!= "schedule"/);
    const all = () => script([...before, ...(commands ?? [])]);
    expect(await all()).toMatchObject(name === 'deploy' ? { code: 0 } : fine);
    if (artifacts !== undefined) await junitIn(artifacts.reports.junit);
    if (name === 'jwt-secrets') await stopsWhereItDrifts(all);
    held = key;
  }
  await isThere('deployed.txt');
});

it('Cloud Build', async () => {
  const { steps, availableSecrets } = z
    .strictObject({
      steps: z.array(
        z.strictObject({
          id: z.string(),
          name: z.string(),
          entrypoint: z.literal('bash'),
          args: lines,
          waitFor: lines.optional(),
          secretEnv: lines.default([]),
        }),
      ),
      availableSecrets: z.strictObject({
        secretManager: z.array(
          z.strictObject({
            versionName: z.string().regex(/^projects\/\$PROJECT_ID\/secrets\/[\w-]+\/versions\/latest$/),
            env: z.enum(['FINGERPRINT_TOKEN', 'SERVICE_SECRET']),
          }),
        ),
      }),
    })
    .parse(parse(example('cloudbuild.yaml')));
  const secrets = new Map<string, string>(
    availableSecrets.secretManager.map(({ env }) => [env, credentials[env]]),
  );
  const known = new Set<string>();
  for (const { id, args, waitFor = [], secretEnv } of steps) {
    for (const other of waitFor) expect(known).toContain(other);
    known.add(id);
    // What is not written $$ would be taken for a substitution.
    for (const arg of args) expect(arg).not.toMatch(/(?<!\$)\$[^$]/);
    const env = Object.fromEntries(secretEnv.map((name) => [name, secrets.get(name) ?? '']));
    expect(await run('bash', ['--norc', ...args], env)).toMatchObject(id === 'deploy' ? { code: 0 } : fine);
    if (id === 'jwt-secrets') await stopsWhereItDrifts(() => run('bash', ['--norc', ...args], env));
    held = key;
  }
  await isThere('deployed.txt');
});

it('Jenkins', async () => {
  const text = example('Jenkinsfile').replaceAll(/\/\/.*/g, '');
  expect([...text.matchAll(/\{/g)]).toHaveLength([...text.matchAll(/\}/g)].length);
  const [, block = ''] = /environment \{([^}]*)\}/.exec(text) ?? [];
  for (const name of Object.keys(credentials))
    expect(block).toMatch(new RegExp(`${name} = credentials\\('[\\w-]+'\\)`));
  const commands = [...text.matchAll(/\bsh '([^']*)'/g)].map(([, command = '']) => command);
  expect(commands).toHaveLength(4);
  for (const command of commands) {
    const isCheck = command.includes('jwtcheck ');
    expect(await script([command])).toMatchObject(isCheck ? fine : { code: 0 });
  }
  const [, reports = ''] = /junit '(\w+)\/\*\.xml'/.exec(text) ?? [];
  const written = await readdir(join(project, reports));
  expect(written).toHaveLength(2);
  for (const file of written) await junitIn(join(reports, file));
  await stopsWhereItDrifts(() => script([commands[1] ?? '']));
});

it('CircleCI', async () => {
  const job = z.strictObject({
    docker: z.array(z.strictObject({ image: z.string().regex(/^cimg\/node:\d+\.\d+$/) })),
    steps: z.array(
      z.union([
        z.literal('checkout'),
        z.strictObject({ run: z.string() }),
        z.strictObject({ store_test_results: z.strictObject({ path: z.string() }) }),
      ]),
    ),
  });
  const { jobs, workflows } = z
    .strictObject({
      version: z.literal(2.1),
      jobs: z.record(z.string(), job),
      workflows: z.record(z.string(), z.strictObject({ jobs: z.array(z.unknown()) })),
    })
    .parse(parse(example('.circleci/config.yml')));
  for (const use of Object.values(workflows).flatMap((each) => each.jobs)) {
    const name = typeof use === 'string' ? use : Object.keys(z.record(z.string(), z.unknown()).parse(use))[0];
    expect(jobs).toHaveProperty(name ?? '');
  }
  for (const { steps } of Object.values(jobs)) {
    for (const at of steps) {
      if (at === 'checkout') continue;
      if ('run' in at) expect(await script([at.run])).toMatchObject({ code: 0 });
      else await junitIn(join(at.store_test_results.path, 'jwtcheck/junit.xml'));
    }
  }
  await isThere('deployed.txt');
});

it('the pre-push hook', async () => {
  const hook = example('.git/hooks/pre-push');
  expect(await run('sh', ['-n', '-c', hook], {})).toEqual({ code: 0, output: '' });
  // Neither the services nor what opens them have to be there.
  const before = service.requests.length;
  expect(await run('sh', ['-c', hook], {})).toMatchObject({ code: 0 });
  expect(service.requests).toHaveLength(before);
  expect((await run('sh', ['-c', hook], { JWT_SECRET: 'another one' })).code).toBe(1);
});
