import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tokenOf } from '../field/issuer.js';
import { type Run, runCli } from '../support/cli.js';
import { runHere } from '../support/here.js';
import { unusedPort } from '../support/http-server.js';
import { expectNoLeak } from '../support/leaks.js';
import { everywhere, placedSecrets, wild } from '../support/placed-secrets.js';
import { configOf, variable } from '../support/service.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const secret = 'the+secret/of everybody"\\ä=?&<%20>, which nobody may see';

const placed = placedSecrets({ [variable]: secret });
const { v, variables } = placed;

/** Everything that must not be seen. */
const secrets = (): string[] => Object.values(variables);

const run = (args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Run> =>
  runHere(args, { cwd, env: { ...variables, ...env } });

describe('no secret, no token and no expanded variable', () => {
  it('in what is told of sources on this machine', async () => {
    const shout =
      'process.stderr.write(process.env.THE_SECRET);process.stdout.write(process.env.THE_SECRET);process.exitCode=3';
    const participants = {
      failing: { source: { kind: 'command', run: [process.execPath, '-e', shout, v('ARGUMENT', wild)] } },
      printing: {
        source: {
          kind: 'command',
          run: [process.execPath, '-e', 'process.stdout.write(process.env.THE_SECRET)'],
          output: 'fingerprint',
        },
      },
      missing: { source: { kind: 'command', run: [v('PROGRAM')] } },
      endless: {
        source: {
          kind: 'command',
          run: [process.execPath, '-e', 'setInterval(() => console.log(process.env.THE_SECRET), 20)'],
          timeout: '400ms',
        },
      },
      absent: { source: { kind: 'file', path: `${v('FILE')}/secret` } },
      other: { source: { kind: 'file', path: 'own.env', key: 'OTHER' } },
      keyless: { source: { kind: 'file', path: 'own.env', key: v('ENTRY') } },
      unset: { source: { kind: 'env', names: ['NOT_SET_ANYWHERE'] } },
      fallback: { source: { kind: 'env', names: ['NOT_SET_ANYWHERE'], fallback: v('FALLBACK', wild) } },
      gsm: {
        source: {
          kind: 'google-secret-manager',
          project: v('PROJECT', (name) => `${name.toLowerCase()}-hidden1`),
          secret: v('SECRET_NAME', (name) => `${name}_hidden1`),
          endpoint: `http://127.0.0.1:${await unusedPort()}`,
        },
      },
    };
    const cwd = await folder({
      '.jwtcheckrc.json': configOf(participants, { knownFallbacks: [v('KNOWN', wild)] }),
      'own.env': `OTHER='${secret} other'\nTHIRD=${wild('third')}\n`,
    });
    variables.third = wild('third');
    for (const args of [['-v'], ['-f', 'json']]) {
      const { code, stdout, stderr } = await run([...args, '--timeout', '1s'], cwd);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^jwtcheck: warning: \S+\.failing\.source\.run\[3\]: other users .*\n$/);
      expectNoLeak({ stdout, stderr }, secrets());
    }
  });

  it('in what is told of tokens', async () => {
    const claims = { email: 'user-4711@hidden.example', role: 'hidden-role' };
    const token = tokenOf({ key: secret, claims });
    const wrong = tokenOf({ key: `${secret}\n`, claims, header: { kid: secret } });
    Object.assign(variables, { TOKEN: token, WRONG: wrong });
    const participants = {
      anon: { source: { kind: 'token', value: '$' + '{TOKEN}' } },
      wrong: { source: { kind: 'token', value: '$' + '{WRONG}' } },
      printed: { source: { kind: 'token', command: ['sh', '-c', 'echo "$WRONG" >&2; echo "$TOKEN"'] } },
      failing: {
        source: { kind: 'token', command: ['sh', '-c', 'echo "$WRONG" >&2; echo "$TOKEN"; exit 3'] },
      },
      opaque: { source: { kind: 'token', command: ['sh', '-c', 'echo "x$TOKEN x"'] } },
    };
    const cwd = await folder({ '.jwtcheckrc.json': configOf(participants) });
    const hidden = [...secrets(), ...token.split('.'), ...wrong.split('.'), ...Object.values(claims)];
    for (const args of [
      ['-v', '-f', 'pretty', '-f', 'json:report.json'],
      ['config', 'show'],
    ]) {
      const { stdout, stderr } = await run(args, cwd);
      expect(stdout).not.toBe('');
      expectNoLeak({ stdout, stderr }, hidden);
    }
    expectNoLeak({ report: await readFile(join(cwd, 'report.json'), 'utf8') }, hidden);
    for (const input of [`Bearer ${wrong}`, `${token}.${token}`]) {
      const { stdout, stderr } = await runHere(['whose'], { cwd, env: variables, input });
      expectNoLeak({ stdout, stderr }, hidden);
    }
  });

  it('in what the other commands print', async () => {
    const config = configOf(
      {
        mirror: everywhere(placed, 'https://auth.example.com', 'SHOWN'),
        fallback: { source: { kind: 'env', names: ['A'], fallback: v('SHOWN_FALLBACK', wild) } },
      },
      { knownFallbacks: [v('SHOWN_KNOWN', wild)] },
    );
    const cwd = await folder({ '.jwtcheckrc.json': config, 'secret.txt': secret });
    for (const args of [
      ['config', 'show'],
      ['config', 'validate'],
      ['fingerprint', '--env-var', variable],
      ['fingerprint', '--file', 'secret.txt', '--length', '64'],
      ['explain'],
      ['explain', 'weak-secret'],
    ]) {
      const { code, stdout, stderr } = await run(args, cwd);
      expect({ code, stderr }, args.join(' ')).toEqual({ code: 0, stderr: '' });
      expect(stdout).not.toBe('');
      expectNoLeak({ stdout }, secrets());
    }
  });

  it('in what is told of a configuration that is wrong everywhere', async () => {
    const bad = (name: string) => v(`BAD_${name}`, wild);
    const config = {
      defaultEnvironment: bad('DEFAULT'),
      token: {
        algorithm: bad('ALGORITHM'),
        ttl: bad('TTL'),
        issuer: bad('ISSUER'),
        claims: { a: bad('CLAIM') },
      },
      currency: bad('CURRENCY'),
      controls: [bad('CONTROL')],
      crossCheck: [bad('CROSS')],
      timeout: bad('TIMEOUT'),
      fingerprint: { length: bad('LENGTH') },
      environments: {
        staging: {
          reference: bad('REFERENCE'),
          participants: {
            a: { role: bad('ROLE'), source: { kind: bad('KIND') }, optional: bad('OPTIONAL') },
            b: {
              source: {
                kind: 'http',
                url: bad('URL'),
                method: bad('METHOD'),
                headers: { a: `${bad('HEADER')}` },
                pointer: bad('POINTER'),
                samples: bad('SAMPLES'),
                addresses: bad('ADDRESSES'),
                tls: { ca: bad('CA') },
                timeout: bad('ONE_TIMEOUT'),
              },
              probes: [
                {
                  kind: 'websocket',
                  url: bad('WS'),
                  via: bad('VIA'),
                  subprotocols: [bad('PROTOCOL')],
                  settle: bad('SETTLE'),
                },
                {
                  kind: 'http',
                  url: `https://user:${bad('PASSWORD')}@example.com`,
                  accepted: { status: bad('STATUS'), json: { 'no-pointer': bad('JSON') } },
                },
              ],
              mint: { url: `http://example.com/${bad('MINT')}` },
              impact: { mrr: bad('MRR') },
            },
            c: { source: { kind: 'pinned', fingerprint: bad('PINNED') } },
            d: {
              source: {
                kind: 'google-secret-manager',
                project: bad('PROJECT'),
                secret: bad('SECRET'),
                endpoint: `http://example.com/${bad('ENDPOINT')}`,
              },
            },
            e: { source: { kind: 'env', names: [bad('NAME')] } },
          },
        },
      },
    };
    const cwd = await folder({ '.jwtcheckrc.json': config });
    for (const args of [[], ['config', 'validate'], ['config', 'show'], ['-e', 'stagign']]) {
      const { code, stdout, stderr } = await run(args, cwd);
      expect({ code, stdout }, args.join(' ')).toEqual({ code: 2, stdout: '' });
      expectNoLeak({ stderr }, secrets());
      if (args.length === 0) expect(Number(/: (\d+) problems/.exec(stderr)?.[1])).toBeGreaterThan(25);
    }
  });

  it.for([['check'], ['config', 'show'], ['config', 'validate'], ['fingerprint', '--env-var', variable]])(
    'in what is told of a bug: %j',
    async (args) => {
      // An error that nobody expects, with a secret in its message, name and cause.
      const broken = [
        'const fail = () => { const error = new TypeError(process.env.THE_SECRET, { cause: process.env.THE_SECRET });',
        '  error.code = process.env.THE_SECRET; error.input = process.env.THE_SECRET; throw error; };',
        'globalThis.performance.now = fail; Buffer.concat = fail; JSON.stringify = fail; Array.prototype.flatMap = fail; Buffer.prototype.at = fail;',
      ].join('\n');
      const cwd = await folder({
        '.jwtcheckrc.json': configOf({ twin: { source: { kind: 'env', names: [variable] } } }),
        'broken.mjs': broken,
      });
      const { code, stdout, stderr } = await runCli(args, {
        cwd,
        env: { ...variables, NODE_OPTIONS: `--import ${join(cwd, 'broken.mjs')}` },
      });
      expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
      expect(stderr).toMatch(/^jwtcheck: internal error \(TypeError\): .*please report it\n/);
      expectNoLeak({ stderr }, [secret]);
    },
  );
});
