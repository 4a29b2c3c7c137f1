import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import { audience, issuer } from '../../src/demo/verifier.js';
import { runAction } from '../support/action.js';
import { installed } from '../support/installed.js';
import { expectNoLeak } from '../support/leaks.js';
import { root } from '../support/packed.js';
import { some } from '../support/random.js';
import { fingerprint, participant, type Service, startService } from '../support/service.js';
import { workspace } from '../support/workspace.js';

const page = await readFile(join(root, 'docs/exec.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
  language,
  text,
}));
/** An example by the name of the file that it is for. */
const example = (name: string): string =>
  blocks.find(({ text }) => /^(?:#|\/\/) (\S+)\n/.exec(text)?.[1] === name)?.text ?? '';

const secret = 'the key that everybody should hold, long enough';
const id = { project: 'example', secret: 'jwt' };
const folder = workspace();
let manager: SecretManager;
let service: Service;
let project: string;
let path: string;

beforeAll(async () => {
  manager = await startSecretManager();
  manager.store.add(id, secret);
  service = await startService(secret);
});
afterAll(async () => {
  await manager.close();
  await service.close();
});

/** What stands for a test framework: it leaves the environment that it got, each variable with a NUL byte at its end. */
const framework = '#!/bin/sh\nmkdir -p runs && env -0 >runs/$$\n';

beforeEach(async () => {
  const participants = {
    store: { source: { kind: 'google-secret-manager', ...id, endpoint: manager.url } },
    service: participant(service),
    ...JSON.parse(`{${blocks.find(({ language }) => language === 'json')?.text}}`),
  };
  const types = { access: { token_type: 'access' }, refresh: { token_type: 'refresh' } };
  project = await folder({
    '.jwtcheckrc.json': {
      token: { issuer, audience, types },
      environments: { staging: { reference: 'store', participants } },
    },
    'programs/npm': `#!/bin/sh\n[ "$*" = "ci --ignore-scripts" ] || exec programs/framework\n`,
    'programs/framework': framework,
    'programs/npx': framework,
    'programs/pytest': framework,
    'programs/go': framework,
  });
  for (const name of ['npm', 'framework', 'npx', 'pytest', 'go'])
    await chmod(join(project, 'programs', name), 0o755);
  path = `${join(project, 'programs')}:${await installed(project)}`;
});

interface Ended {
  readonly code: number;
  readonly output: string;
}

const inherited = { JWT_SECRET: 'an old value', JWTCHECK_ALLOW_EMULATOR: '1' };

function sh(command: string): Promise<Ended> {
  return new Promise((done) => {
    const env = { PATH: path, HOME: project, CI: 'true', ...inherited };
    const child = execFile(
      'bash',
      ['--norc', '-eo', 'pipefail', '-c', command],
      { cwd: project, env },
      (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        done({ code, output: out + err });
      },
    );
    child.stdin?.end();
  });
}

type Env = Readonly<Record<string, string>>;

/** The environments that test frameworks got so far. */
async function runs(): Promise<Env[]> {
  const left = join(project, 'runs');
  const texts = (await readdir(left).catch(() => [])).map((name) => readFile(join(left, name), 'utf8'));
  return (await Promise.all(texts)).map((text) => {
    const lines = text.split('\0').filter((line) => line !== '');
    return Object.fromEntries(lines.map((line) => [line.replace(/=.*/s, ''), line.replace(/^[^=]*=/, '')]));
  });
}

/** The only run of a framework got the token, and no secret. */
async function expectToken(variable: string): Promise<Record<string, unknown>> {
  const [env, ...more] = await runs();
  expect(more).toEqual([]);
  expect(Object.values(env ?? {})).not.toContain(secret);
  expect(env).not.toHaveProperty('JWT_SECRET');
  const { payload } = await jwtVerify(env?.[variable] ?? '', Buffer.from(secret), { issuer, audience });
  return payload;
}

const commands = blocks.filter(({ language }) => language === 'sh').map(({ text }) => text.trim());

describe('commands', () => {
  it('are of each kind', () => {
    expect(commands.length).toBeGreaterThan(5);
  });

  it.each(some(commands, 3))('%s', async (command) => {
    const ended = await sh(command);
    expect(ended).toMatchObject({ code: 0 });
    expectNoLeak({ output: ended.output }, [secret]);
    if (command.includes('--token')) {
      const payload = await expectToken('E2E_TOKEN');
      expect(payload).toMatchObject({
        token_type: 'access',
        ...(command.includes('role') ? { role: 'admin' } : {}),
      });
    } else {
      const [env] = await runs();
      expect(env?.JWT_SECRET_STAGING).toBe(secret);
      expect(env).not.toHaveProperty('JWT_SECRET');
    }
  });

  it.each(commands.filter((command) => command.includes('--check')))(
    'stops where it drifts: %s',
    async (command) => {
      service.hold(`${secret}\n`);
      expect(await sh(command)).toMatchObject({
        code: 1,
        output: expect.stringContaining('trailing-newline'),
      });
      service.hold(secret);
      expect(await runs()).toEqual([]);
    },
  );
});

it('code that falls back gets the right secret, or is not run', async () => {
  await writeFile(join(project, 'secret.mjs'), example('secret.mjs'));
  await writeFile(
    join(project, 'hash.mjs'),
    `import { createHash } from 'node:crypto'; import { jwtSecret } from './secret.mjs';
    console.log('uses ' + createHash('sha256').update(jwtSecret).digest('hex').slice(0, 8));`,
  );
  const uses = async (command: string) => {
    const { code, output } = await sh(command);
    return { code, used: /uses (\w+)/.exec(output)?.[1] };
  };
  expect(await uses('node hash.mjs')).toEqual({ code: 0, used: fingerprint('staging-jwt-secret-key') });
  expect(await uses('jwtcheck exec -- node hash.mjs')).toEqual({ code: 0, used: fingerprint(secret) });
  manager.token = 'nobody has this';
  expect(await uses('jwtcheck exec -- node hash.mjs')).toEqual({ code: 3, used: undefined });
  manager.token = null;
});

it('GitHub Actions', async () => {
  const temp = await folder();
  await installed(join(temp, 'jwtcheck'));
  const { jobs } = z
    .object({
      jobs: z.record(
        z.string(),
        z.object({
          steps: z.array(
            z.object({
              uses: z.string().optional(),
              run: z.string().optional(),
              with: z.record(z.string(), z.string()).optional(),
            }),
          ),
        }),
      ),
    })
    .parse(parse(example('.github/workflows/e2e.yml'), { version: '1.2' }));
  const steps = Object.values(jobs).flatMap((job) => job.steps);
  const given = steps.find(({ uses }) => uses?.startsWith('jwtcheck/'))?.with ?? {};
  const only = ['Check the JWT secrets', 'Run with the right secret'];
  const use = { with: given, env: inherited, workspace: project, temp, path, only };
  const ended = await runAction(use);
  expect(ended).toMatchObject({ code: 0, outputs: { verdict: 'consistent' } });
  expectNoLeak({ log: ended.log }, [secret]);
  expect(await expectToken('E2E_TOKEN')).toMatchObject({ token_type: 'access' });
  service.hold('another key');
  expect(await runAction(use)).toMatchObject({ code: 1, outputs: { verdict: 'inconsistent' } });
  service.hold(secret);
  expect(await runs()).toHaveLength(1);
});

it('GitLab CI', async () => {
  const { e2e } = z
    .strictObject({
      e2e: z.strictObject({
        image: z.string(),
        before_script: z.array(z.string()),
        script: z.array(z.string()),
      }),
    })
    .parse(parse(example('.gitlab-ci.yml')));
  expect(await sh([...e2e.before_script, ...e2e.script].join('\n'))).toMatchObject({ code: 0 });
  await expectToken('E2E_TOKEN');
});

it('Jenkins', async () => {
  const text = example('Jenkinsfile');
  expect([...text.matchAll(/\{/g)]).toHaveLength([...text.matchAll(/\}/g)].length);
  const steps = [...text.matchAll(/\bsh '([^']*)'/g)].map(([, command = '']) => command);
  expect(steps).toHaveLength(2);
  for (const step of steps) expect(await sh(step)).toMatchObject({ code: 0 });
  await expectToken('E2E_TOKEN');
});
