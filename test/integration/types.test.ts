import { execFile } from 'node:child_process';
import { mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { packed, root } from '../support/packed.js';
import { workspace } from '../support/workspace.js';

const exec = promisify(execFile);
const folder = workspace();

/** A program of somebody who uses all that is public. It is compiled, not run. */
const sample = `
import { createServer } from 'node:http';
import { check, ConfigError, type Config, type DriftEvent, type EventType, type Finding, JwtcheckError, render, type Report, UsageError, type Verdict, watch, type WatchOptions } from 'jwtcheck';
import { type FingerprintHandler, fingerprintHandler, nodeHandler } from 'jwtcheck/endpoint';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

const config: Config = {
  environments: {
    staging: {
      reference: 'store',
      participants: {
        store: { source: { kind: 'env', names: ['JWT_SECRET'] } },
        api: { source: { kind: 'http', url: 'https://api.example.com/fingerprint' }, role: 'issuer' },
      },
    },
  },
  watch: { interval: '30s' },
};
// @ts-expect-error there is no source of this kind
const wrong: Config = { environments: { a: { participants: { p: { source: { kind: 'carrier-pigeon' } } } } } };

const report = await check({ config, environment: 'staging', failOn: 'warning', signal: AbortSignal.timeout(1000) });
same<typeof report, Report>(true);
same<typeof report.verdict, Verdict>(true);
same<Verdict, 'consistent' | 'inconsistent' | 'inconclusive'>(true);
const codes: string[] = report.findings.map((finding: Finding) => finding.code);
// @ts-expect-error a report is read, not written
report.verdict = 'consistent';
// @ts-expect-error no such severity
await check({ failOn: 'sometimes' });
// @ts-expect-error a check is not repeated
await check({ intervalMs: 5 });

const page: string = await render(report, 'html', { columns: 100 });
// @ts-expect-error no such format
await render(report, 'excel');

const options: WatchOptions = {
  config: '.jwtcheckrc.json',
  intervalMs: 60_000,
  listen: 'none',
  cycles: 2,
  onEvent: async (event: DriftEvent) => {
    same<typeof event.type, EventType>(true);
    if (event.type === 'drift-detected') process.stdout.write(event.summary);
  },
  onReport: (each) => same<typeof each, Report>(true),
  onWarning: (text) => same<typeof text, string>(true),
};
same<ReturnType<typeof watch>, Promise<void>>(true);
await watch(options);

try {
  await check();
} catch (error) {
  if (error instanceof ConfigError) for (const { path, message } of error.problems) process.stderr.write(path + message);
  else if (error instanceof UsageError || error instanceof JwtcheckError) process.stderr.write(error.hint ?? error.code);
}

const secret = () => process.env.JWT_SECRET ?? '';
createServer(nodeHandler({ service: 'api', secret, token: 'of the endpoint' }));
const handler: FingerprintHandler = fingerprintHandler({ service: 'api', secret, token: 'of the endpoint' });
// @ts-expect-error who may ask has to be said
fingerprintHandler({ service: 'api', secret });
export { codes, handler, page, wrong };
`;

/** Whether the declarations were made after the last change of a source: making them takes 20 seconds. */
async function areDeclarationsNew(): Promise<boolean> {
  const changed = async (path: string): Promise<number> => (await stat(join(root, path))).mtimeMs;
  const paths = await readdir(join(root, 'src'), { recursive: true });
  const sources = await Promise.all(paths.map((path) => changed(join('src', path))));
  const made = await Promise.all(
    ['index.d.ts', 'endpoint.d.ts'].map((name) => changed(`dist/${name}`).catch(() => 0)),
  );
  return Math.max(...sources) < Math.min(...made);
}

describe('the types of the package', () => {
  let project: string;
  let packedBytes = 0;

  beforeAll(async () => {
    if (!(await areDeclarationsNew())) await exec('npm', ['run', 'build:types'], { cwd: root });
    project = await folder({ 'sample.ts': sample, 'package.json': { type: 'module', private: true } });
    const tarball = await packed(await folder());
    packedBytes = (await stat(tarball)).size;
    const env = { ...process.env, npm_config_prefer_offline: 'true' };
    await exec('npm', ['install', '--ignore-scripts', '--no-audit', tarball], { cwd: project, env });
    await mkdir(join(project, 'node_modules/@types'), { recursive: true });
    for (const name of ['@types/node', 'undici-types'])
      await symlink(join(root, 'node_modules', name), join(project, 'node_modules', name));
  }, 300_000);

  it('comes in a package under 3 MB, as the README says', () => {
    expect(packedBytes).toBeGreaterThan(100_000);
    expect(packedBytes).toBeLessThan(3_000_000);
  });

  const strict = [
    '--strict',
    '--exactOptionalPropertyTypes',
    '--noUncheckedIndexedAccess',
    '--verbatimModuleSyntax',
    '--skipLibCheck',
    'false',
    '--noEmit',
    '--target',
    'es2023',
  ];

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])(
    'serve a strict program, declarations checked too: module %s, resolution %s',
    async (module, how) => {
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const flags = [
        ...strict,
        '--module',
        module,
        '--moduleResolution',
        how,
        '--types',
        'node',
        'sample.ts',
      ];
      const run = exec(process.execPath, [tsc, ...flags], { cwd: project }).catch((error: unknown) => error);
      expect(await run).toMatchObject({ stdout: '', stderr: '' });
    },
    300_000,
  );
});
