import { describe, expect, it } from 'vitest';
import { runHere } from '../support/here.js';
import { startServer } from '../support/http-server.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const secret = 'kZ8vWq3xmN5tR7yP2sD4';

describe.concurrent('--dry-run', () => {
  it('lists every address and contacts none, shows no secret, and ends with 0', async () => {
    let asked = 0;
    const server = await startServer((_, response) => {
      asked += 1;
      response.end('{}');
    });
    try {
      const cwd = await folder({
        '.jwtcheckrc.json': {
          controls: 'all',
          crossCheck: ['production'],
          followUp: { maxAttempts: 7 },
          watch: {
            notify: [{ kind: 'webhook', url: `${server.origin}/hook/\${TOKEN}` }],
            heartbeat: { url: `${server.origin}/beat/\${TOKEN}` },
          },
          environments: {
            staging: {
              reference: 'sm',
              participants: {
                sm: {
                  source: {
                    kind: 'google-secret-manager',
                    project: 'p',
                    secret: 's',
                    endpoint: server.origin,
                  },
                },
                api: {
                  source: {
                    kind: 'http',
                    url: `${server.origin}/fp`,
                    headers: { 'x-key': `\${TOKEN}` },
                    samples: 3,
                  },
                  probes: [
                    { kind: 'http', url: `${server.origin}/me` },
                    { kind: 'websocket', url: 'wss://ws.example/' },
                  ],
                  mint: { method: 'POST', url: `${server.origin}/mint`, pointer: '/t' },
                },
                tests: { source: { kind: 'env', names: ['JWT_SECRET'], fallback: 'in-the-code' } },
                vault: { source: { kind: 'command', run: ['no-such-program'] } },
              },
            },
            production: {
              reference: 'sm',
              participants: { sm: { source: { kind: 'http', url: 'https://prod.example/fp' } } },
            },
          },
        },
      });
      const env = { TOKEN: secret, JWT_SECRET: secret };
      const { code, stdout, stderr } = await runHere(['-e', 'staging', '--dry-run'], { cwd, env });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`GET ${server.origin}/fp\n      requests the fingerprint, 3 times`);
      expect(stdout).toContain('headers: x-key');
      expect(stdout).toContain(
        `${server.origin}/me (probe http)\n      up to 4 valid tokens: access, signed by sm, api, tests and vault`,
      );
      expect(stdout).toContain('5 invalid tokens: forged, missing, expired, unsigned and tampered');
      expect(stdout).toContain('up to 7 variants');
      expect(stdout).toContain('wss://ws.example/ (probe websocket)');
      expect(stdout).toContain(`POST ${server.origin}/mint`);
      expect(stdout).toContain(`${server.origin}/v1/projects/p/secrets/s`);
      expect(stdout).toContain('program no-such-program');
      expect(stdout).toContain('https://prod.example/fp\n      production (crossCheck)');
      expect(stdout).not.toContain('notifiers');

      const watched = await runHere(['watch', '-e', 'staging', '--dry-run'], { cwd, env });
      expect(watched.code).toBe(0);
      expect(watched.stdout).toContain('notifiers\n  webhook ');
      expect(watched.stdout).toContain(`${server.origin}/…`);
      for (const text of [stdout, watched.stdout]) expect(text).not.toContain(secret);
      expect(asked).toBe(0);
    } finally {
      await server.close();
    }
  });

  it('refuses what a check would refuse', async () => {
    const cwd = await folder({ '.jwtcheckrc.json': { environments: {} } });
    expect((await runHere(['--dry-run'], { cwd })).code).toBe(2);
  });
});

describe.concurrent('a configuration error', () => {
  it.for([
    ['json', /"exitCode": 2,\n {2}"error": \{\n {4}"code": "ERR_CONFIG"/],
    [
      'junit',
      /<testsuite name="jwtcheck" tests="1" failures="0" errors="1"[\s\S]*<error message="environments\./,
    ],
    ['sarif', /"toolConfigurationNotifications": \[\s+\{\s+"level": "error"/],
    ['github', /^::error title=jwtcheck::.*%0Aenvironments\./],
    ['markdown', /^\*\*jwtcheck: usage or configuration error, nothing was checked\*\*/],
    ['html', /<li>environments\./],
    ['tap', /^TAP version 14\nBail out! .*environments\./],
  ] as const)('is written as %s', async ([format, expected]) => {
    const cwd = await folder({
      '.jwtcheckrc.json': { environments: { s: { participants: { a: { sorce: 1 }, b: { source: {} } } } } },
    });
    const run = await runHere(['-f', format], { cwd });
    expect(run.code).toBe(2);
    expect(run.stdout).toMatch(expected);
    expect(run.stderr).toContain('did you mean `source`');
  });

  it('adds nothing to standard output for people', async () => {
    const cwd = await folder({ '.jwtcheckrc.json': '{' });
    const run = await runHere([], { cwd });
    expect([run.code, run.stdout]).toEqual([2, '']);
  });

  it('names the emulator that a variable sets, and Google without it', async () => {
    const source = { kind: 'google-secret-manager', project: 'p', secret: 's' };
    const cwd = await folder({
      '.jwtcheckrc.json': { environments: { e: { participants: { sm: { source } } } } },
    });
    const env = { SECRET_MANAGER_EMULATOR_HOST: '127.0.0.1:8085' };
    const emulated = await runHere(['--dry-run'], { cwd, env });
    expect(emulated.stdout).toContain(
      'http://127.0.0.1:8085/v1/projects/p/secrets/s\n      reads version latest from an emulator, without credentials',
    );
    expect(emulated.stdout).not.toContain('googleapis.com');
    const { stdout } = await runHere(['--dry-run'], { cwd });
    expect(stdout).toContain('https://secretmanager.googleapis.com/v1/projects/p/secrets/s');
    expect(stdout).toContain('reads version latest with Application Default Credentials');
  });
});
