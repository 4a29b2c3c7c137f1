import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { json, startTlsServer } from '../support/http-server.js';
import { expectNoLeak } from '../support/leaks.js';
import { configOf, fingerprint, variable } from '../support/service.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const secret = 'a secret that is in the environment of all that runs';

describe('the environment of the program', () => {
  it('cannot turn the verification of certificates off', async () => {
    const server = await startTlsServer(json({ fingerprint: fingerprint(secret) }), {
      certificate: 'self-signed',
    });
    const source = { kind: 'http', url: `${server.origin}/fingerprint` };
    const cwd = await folder({ '.jwtcheckrc.json': configOf({ api: { source } }) });
    const env = { [variable]: secret, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const { code, stdout, stderr } = await runCli(['-f', 'json'], { cwd, env });
    await server.close();
    expect(code).toBe(3);
    expect(JSON.parse(stdout).participants[1].error.code).toBe('tls');
    expect(stderr).toMatch(/^jwtcheck: NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: .*\n$/);
  });

  it.each(['net', 'child_process', 'stream,undici,http'])(
    'has nothing printed by NODE_DEBUG=%s',
    async (value) => {
      const run = [process.execPath, '-e', `process.stdout.write(process.env.${variable})`];
      const cwd = await folder({
        '.jwtcheckrc.json': configOf({ api: { source: { kind: 'command', run } } }),
      });
      const { code, stdout, stderr } = await runCli([], {
        cwd,
        env: { [variable]: secret, NODE_DEBUG: value },
      });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('jwtcheck: NODE_DEBUG is set: Node would print tokens and secrets');
      expectNoLeak({ stderr }, [secret], [secret]);
    },
  );

  it('has no memory or traffic shown by flags of Node', async () => {
    const cwd = await folder({ '.jwtcheckrc.json': configOf({}) });
    for (const flag of ['--heapsnapshot-signal=SIGUSR2', '--tls-keylog=keys', '--inspect=127.0.0.1:0']) {
      const env = { [variable]: secret, NODE_OPTIONS: flag };
      const { code, stdout, stderr } = await runCli(['config', 'validate'], { cwd, env });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(
        `jwtcheck: ${flag.split('=')[0]} is set in NODE_OPTIONS: Node would show or write secrets`,
      );
    }
  });

  it('is in nothing that Node writes for coverage and reports', async () => {
    const run = [process.execPath, '-e', `process.stdout.write(process.env.${variable})`];
    const cwd = await folder({ '.jwtcheckrc.json': configOf({ api: { source: { kind: 'command', run } } }) });
    const flags =
      '--report-uncaught-exception --report-on-signal --report-on-fatalerror --report-dir=written';
    const env = { [variable]: secret, NODE_OPTIONS: flags, NODE_V8_COVERAGE: 'written/coverage' };
    expect(await runCli([], { cwd, env })).toMatchObject({ code: 0 });
    const names = await readdir(join(cwd, 'written'), { recursive: true });
    const files = names.filter((name) => name.endsWith('.json'));
    expect(files).not.toEqual([]);
    for (const name of files)
      expect(await readFile(join(cwd, 'written', name), 'utf8')).not.toContain(secret);
  });
});
