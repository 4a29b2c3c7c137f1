import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferDefaults } from '../../src/cli/init/infer-defaults.js';
import { scan } from '../../src/cli/init/scan.js';
import { limits } from '../../src/cli/init/walk.js';
import { runs } from '../support/random.js';
import { type Files, workspace } from '../support/workspace.js';

const folder = workspace();
const signal = new AbortController().signal;

async function seen(files: Files, env: Record<string, string> = {}) {
  return scan({ cwd: await folder(files), env, signal });
}

const cloudRun = `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: auth }
status: { url: https://auth-abc.a.run.app }
spec:
  template:
    spec:
      containers:
        - env:
            - { name: JWT_SECRET, valueFrom: { secretKeyRef: { name: jwt-secret-staging, key: "7" } } }
            - { name: DB_PASSWORD, valueFrom: { secretKeyRef: { name: db, key: latest } } }
`;

const kubernetes = `
kind: Deployment
apiVersion: apps/v1
metadata: { name: backend }
spec:
  template:
    spec:
      containers:
        - env: [{ name: JWT_SECRET_KEY, valueFrom: { secretKeyRef: { name: jwt, key: key } } }]
---
kind: Ingress
apiVersion: networking.k8s.io/v1
metadata: { name: all }
spec:
  rules:
    - host: api.example.org
      http: { paths: [{ path: /v1, backend: { service: { name: backend, port: { number: 80 } } } }] }
    - host: "*.example.org"
      http: { paths: [{ path: /, backend: { service: { name: wild } } }] }
---
kind: HTTPRoute
spec: { hostnames: [web.example.org], rules: [{ backendRefs: [{ name: web }] }] }
`;

describe('a look around', () => {
  it('finds secrets and their projects on Cloud Run', async () => {
    const { clues } = await seen({ 'deploy/run.yaml': cloudRun });
    const from = 'deploy/run.yaml';
    expect(clues).toEqual([
      { is: 'service', name: 'auth', url: 'https://auth-abc.a.run.app', holds: true, from },
      { is: 'variable', name: 'JWT_SECRET', from },
      { is: 'secret', secret: 'jwt-secret-staging', version: '7', project: null, sure: true, from },
    ]);
  });

  it('ignores ports that are no scalar, whatever YAML they are', async () => {
    for (const published of ['{ toString: 1 }', '{ toString: { a: b } }', '[[8080]]', 'null', 'true']) {
      const compose = `services: { auth: { ports: [{ published: ${published} }, { published: "8080-8082" }] } }`;
      expect((await seen({ 'compose.yaml': compose })).clues).toMatchObject([
        { name: 'auth', url: 'http://127.0.0.1:8080' },
      ]);
    }
  });

  it('finds secrets that a pipeline names by their resource', async () => {
    const build = `availableSecrets:
  secretManager:
    - { versionName: projects/example-prod/secrets/jwt-secret/versions/3, env: JWT_SECRET }
    - { versionName: projects/example-prod/secrets/db-password/versions/1, env: DB }
`;
    expect((await seen({ 'cloudbuild.yaml': build })).clues).toEqual([
      {
        is: 'secret',
        secret: 'jwt-secret',
        version: '3',
        project: 'example-prod',
        sure: true,
        from: 'cloudbuild.yaml',
      },
    ]);
  });

  it('calls the environment after what will be its reference', async () => {
    const named = async (files: Files, env: Record<string, string> = {}) =>
      inferDefaults((await seen(files, env)).clues).environment;
    const project = { GOOGLE_CLOUD_PROJECT: 'example-project' };
    expect(await named({ 'run.yaml': cloudRun, '.env': 'JWT_SECRET=x' }, project)).toBe('staging');
    // Its project is unknown: the entry is all there is.
    expect(await named({ 'run.yaml': cloudRun, '.env': 'JWT_SECRET=x' })).toBe('local');
    expect(await named({ 'app.yaml': kubernetes, '.env.production': 'JWT_SECRET=x' })).toBe('production');
    expect(await named({ 'run.yaml': cloudRun.replace('-staging', '-qa') })).toBe('qa');
    expect(await named({})).toBe('staging');
  });

  it('finds hosts, names and variables on Kubernetes', async () => {
    const { clues } = await seen({ 'k8s.yml': kubernetes });
    expect(inferDefaults(clues)).toMatchObject({
      services: [{ name: 'backend', url: 'https://api.example.org/v1', holds: true }],
      secret: { secret: 'jwt', sure: false },
      variables: [{ name: 'JWT_SECRET_KEY' }],
    });
    expect(clues).toContainEqual({
      is: 'service',
      name: 'web',
      url: 'https://web.example.org',
      holds: false,
      from: 'k8s.yml',
    });
  });

  it.for([
    ['"8080:80"', 'http://127.0.0.1:8080'],
    ['"127.0.0.1:8081:80/tcp"', 'http://127.0.0.1:8081'],
    ['"[::1]:8082:80"', 'http://127.0.0.1:8082'],
    ['"8000-8010:80-90"', 'http://127.0.0.1:8000'],
    [`"\${PORT:-9000}:80"`, 'http://127.0.0.1:9000'],
    ['{ published: 8083, target: 80 }', 'http://127.0.0.1:8083'],
    ['{ published: "8084", target: 80, protocol: udp }', null],
    ['"80"', null],
    [`"\${PORT}:80"`, null],
    ['"99999:80"', null],
    ['"53:53/udp"', null],
  ] as const)('of Compose: the published port of %s', async ([port, url]) => {
    const { clues } = await seen({ 'compose.yaml': `services: { api: { ports: [${port}] } }` });
    expect(clues).toEqual([{ is: 'service', name: 'api', url, holds: false, from: 'compose.yaml' }]);
  });

  it('leaves out databases and what has no name', async () => {
    const services = {
      db: { image: 'registry.example.com/library/postgres:16' },
      redis: {},
      'a b': {},
      __proto__: {},
      api: null,
    };
    const { clues } = await seen({ 'docker-compose.prod.yml': { services } });
    expect(clues.map((clue) => (clue.is === 'service' ? clue.name : clue.is))).toEqual(['api']);
  });

  it('knows the project of gcloud, variables first', async () => {
    const home = await folder({
      '.config/gcloud/active_config': 'work\n',
      '.config/gcloud/configurations/config_work':
        '[auth]\nproject = wrong-section\n[core]\naccount = someone@example.org\nproject = my-project-1\n',
    });
    const cwd = await folder();
    const projects = async (env: Record<string, string>) =>
      (await scan({ cwd, env: { HOME: home, ...env }, signal })).clues.map(
        (clue) => 'project' in clue && clue.project,
      );
    expect(await projects({})).toEqual(['my-project-1']);
    expect(await projects({ GOOGLE_CLOUD_PROJECT: 'from-variable' })).toEqual([
      'from-variable',
      'my-project-1',
    ]);
    expect(await projects({ CLOUDSDK_CONFIG: join(home, '.config/gcloud'), HOME: '/nowhere' })).toEqual([
      'my-project-1',
    ]);
    expect(await projects({ CLOUDSDK_ACTIVE_CONFIG_NAME: '../../etc/passwd' })).toEqual([]);
    expect(await projects({ HOME: '/nowhere', GOOGLE_CLOUD_PROJECT: 'Not A Project' })).toEqual([]);
  });

  it('passes over templates, and reads what stands beside them', async () => {
    const { clues, unreadable } = await seen({
      'chart/templates/a.yaml': 'kind: Deployment\nmetadata:\n  name: {{ .Values.name }}\n{{- if .x }}\n',
      'chart/templates/b.yaml': 'kind: Deployment\nmetadata:\n  name: "{{ .Values.name }}"\n',
      'mixed.yaml': `kind: X\n{{ broken\n---\n${cloudRun}`,
    });
    expect(clues.filter(({ is }) => is === 'service')).toHaveLength(1);
    expect(unreadable).toBe(2);
  });

  it('keeps to its limits', async () => {
    const bomb = `kind: X\na: &a [x,x]\n${Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *a]`).join('\n')}`;
    const cwd = await folder({
      'deep.yaml': `kind: X\na: ${'['.repeat(5000)}`,
      'bomb.yaml': bomb,
      'large.yaml': `kind: X\n${'x: 1\n'.repeat(200_000)}`,
      'node_modules/x/compose.yaml': 'services: { no: {} }',
      '.git/compose.yaml': 'services: { no: {} }',
      [`${'d/'.repeat(limits.depth + 1)}compose.yaml`]: 'services: { no: {} }',
      'compose.yaml': 'services: { yes: {} }',
    });
    await symlink('..', join(cwd, 'loop'));
    await symlink('compose.yaml', join(cwd, 'compose.link.yaml'));
    execFileSync('mkfifo', [join(cwd, 'pipe.yaml')]);
    const { clues, cut, unreadable } = await scan({ cwd, env: {}, signal });
    expect(clues).toEqual([{ is: 'service', name: 'yes', url: null, holds: false, from: 'compose.yaml' }]);
    expect({ cut, unreadable: unreadable > 0 }).toEqual({ cut: true, unreadable: true });
  });

  it('stops at so many files', async () => {
    const cwd = await folder();
    await mkdir(join(cwd, 'many'));
    for (let i = 0; i < limits.files + 10; i += 1) await writeFile(join(cwd, 'many', `${i}.yaml`), 'kind: X');
    expect(await scan({ cwd, env: {}, signal })).toMatchObject({ files: limits.files, cut: true });
  });

  it('never raises, whatever the files hold', async () => {
    const wild = fc.oneof(fc.string({ unit: 'grapheme' }), fc.json(), fc.constantFrom(cloudRun, kubernetes));
    const files = fc.dictionary(
      fc.constantFrom('a.yaml', 'compose.yml', '.env', 'b/c.yml'),
      wild.map((t) => `kind: x\n${t}`),
    );
    await fc.assert(
      fc.asyncProperty(files, async (some) => {
        inferDefaults((await seen(some)).clues);
      }),
      { numRuns: runs(60) },
    );
  });
});

describe('of dotenv files', () => {
  it('takes names that look like JWT secrets, and no values', async () => {
    const { clues } = await seen({
      '.env': [
        'JWT_SECRET=value-one',
        'export AUTH_TOKEN_SECRET = "value-two"',
        'JWT_EXPIRES_IN=1h',
        'JWT_PUBLIC_KEY=x',
        'DATABASE_URL=x',
        'KEY="begins',
        'JWT_KEY=value-three',
        'ends"',
        "JWT_SIGNING_KEY='value-four'",
      ].join('\r\n'),
      '.env.example': 'JWT_SECRET=change-me\nJWT_REFRESH_SECRET=',
    });
    expect(
      clues.map(
        (clue) => `${clue.is} ${'key' in clue ? clue.key : 'name' in clue ? clue.name : ''} ${clue.from}`,
      ),
    ).toEqual([
      'variable JWT_SECRET .env',
      'entry JWT_SECRET .env',
      'variable AUTH_TOKEN_SECRET .env',
      'entry AUTH_TOKEN_SECRET .env',
      'variable JWT_SIGNING_KEY .env',
      'entry JWT_SIGNING_KEY .env',
      'variable JWT_SECRET .env.example',
      'variable JWT_REFRESH_SECRET .env.example',
    ]);
    expect(JSON.stringify(clues)).not.toMatch(/value-|change-me/);
  });
});
