import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model.js';
import { formatNames } from '../../src/report/format-names.js';
import type { Run } from '../support/cli.js';
import { type Echo, startEcho } from '../support/echo.js';
import { runHere } from '../support/here.js';
import { json, startTcpServer, startTlsServer, type TestServer, unusedPort } from '../support/http-server.js';
import { expectNoLeak, spellings } from '../support/leaks.js';
import { everywhere, placedSecrets, wild } from '../support/placed-secrets.js';
import { some } from '../support/random.js';
import { configOf, variable } from '../support/service.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const secret = 'the+secret/of everybody"\\ä=?&<%20>, which nobody may see';

const placed = placedSecrets({ [variable]: secret });
const { v, variables } = placed;

let echo: Echo;
let tls: TestServer;
let garbage: TestServer;

beforeAll(async () => {
  echo = await startEcho(secret);
  tls = await startTlsServer(json({}), { certificate: 'self-signed' });
  garbage = await startTcpServer((socket) => socket.once('data', (bytes) => socket.end(`${bytes}${secret}`)));
});
afterAll(() => Promise.all([echo, tls, garbage].map((one) => one.close())));

/** Everything that must not be seen. */
const secrets = (): string[] => [...Object.values(variables), ...echo.heard()];

const run = (args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Run> =>
  runHere(args, { cwd, env: { ...variables, ...env } });

const files = (prefix: string): string[] =>
  formatNames.flatMap((name) => ['-f', `${name}:${prefix}.${name}`]);

/** Runs in every format, plain and verbose, and searches all of it. */
async function searched(config: unknown, code: number, args: readonly string[] = []): Promise<Report> {
  const cwd = await folder({ '.jwtcheckrc.json': config });
  const runs = await Promise.all([
    run(['-f', 'pretty', ...files('plain'), ...args], cwd),
    run(['-v', '-f', 'json', ...files('verbose'), ...args], cwd),
  ]);
  const outputs: Record<string, string> = {};
  for (const [index, ended] of runs.entries()) {
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code, stderr: '' });
    outputs[`stdout ${index}`] = ended.stdout;
  }
  for (const prefix of ['plain', 'verbose']) {
    for (const name of formatNames) {
      const file = `${prefix}.${name}`;
      outputs[file] = await readFile(join(cwd, file), 'utf8');
    }
  }
  expectNoLeak(outputs, secrets());
  return JSON.parse(outputs['plain.json'] ?? '');
}

describe('no secret, no token and no expanded variable', () => {
  it('is missed by the search', () => {
    const token = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.e30.c2ln`;
    for (const spelling of spellings(secret)) {
      expect(() => expectNoLeak({ here: `x ${spelling} y` }, [secret])).toThrow();
    }
    const basic = Buffer.from(`user:${secret}`).toString('base64');
    expect(() => expectNoLeak({ here: basic }, [secret])).toThrow();
    expect(() => expectNoLeak({ here: token }, [])).toThrow();
    expect(() => expectNoLeak({ here: 'nothing of that kind' }, [secret])).not.toThrow();
  });

  it.for(some(['/fail', '/refuse', '/nested', '/redirect', '/instance', '/secret', '/text'], 2))(
    'in what is told of a service that echoes everything: %s',
    async (path) => {
      const before = echo.received.length;
      const config = configOf(
        { mirror: everywhere(placed, echo.mirror.origin, `M${path.slice(1).toUpperCase()}`, path) },
        { controls: 'all' },
      );
      const report = await searched(config, ['/fail', '/redirect'].includes(path) ? 3 : 1);
      expect(report.participants).toHaveLength(2);
      expect(echo.heard(before).length).toBeGreaterThan(3);
    },
  );

  it('in what is told of a WebSocket that echoes everything', async () => {
    const { closing, telling, refusing } = echo.sockets;
    const headers = { 'x-key': v('WS_KEY'), 'x-wait': 'for the message' };
    const url = (origin: string) => `${origin}/${v('WS_PATH')}?key=${v('WS_QUERY')}`;
    const more = { settle: '300ms', rejected: { message: { includes: 'DENIED' } } };
    const probes = [
      { kind: 'websocket', name: 'header', url: url(closing), ...more },
      { kind: 'websocket', name: 'query', url: url(closing), via: 'query', ...more },
      { kind: 'websocket', name: 'subprotocol', url: url(refusing), via: 'subprotocol', headers, ...more },
      {
        kind: 'websocket',
        name: 'message',
        url: url(closing),
        via: 'message',
        headers,
        message: { token: '{{token}}', password: v('WS_MESSAGE', wild) },
        ...more,
      },
      { kind: 'websocket', name: 'told', url: url(telling), headers, ...more },
      { kind: 'websocket', name: 'refused', url: url(refusing), headers, ...more },
    ];
    const before = echo.received.length;
    await searched(configOf({ sockets: { probes } }, { controls: 'all' }), 1);
    expect(echo.heard(before).length).toBeGreaterThan(20);
  });

  it('in what is told of networks that fail', async () => {
    const origins = {
      refused: `http://127.0.0.1:${await unusedPort()}`,
      unnamed: 'https://nobody.invalid',
      untrusted: tls.origin,
      garbled: garbage.origin,
    };
    const participants = Object.entries(origins).map(([name, origin]) => [
      name,
      everywhere(placed, origin, name.toUpperCase()),
    ]);
    const report = await searched(configOf(Object.fromEntries(participants)), 3, ['--timeout', '2s']);
    const codes = report.participants.map((one) => one.error?.code ?? null);
    expect(codes).toEqual([
      null,
      'connection',
      expect.stringMatching(/dns|timeout|connection/),
      'tls',
      expect.any(String),
    ]);
  });
});
