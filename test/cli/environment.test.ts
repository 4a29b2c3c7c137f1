import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.js';
import { json, startTlsServer } from '../support/http-server.js';
import { expectNoLeak } from '../support/leaks.js';
import { configOf, fingerprint, variable } from '../support/service.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const secret = 'a secret that is in the environment of all that runs';

describe('the environment of the program', { timeout: 60_000 }, () => {
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
});
