import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it, type TestContext } from 'vitest';
import * as z from 'zod';
import { bin } from '../support/cli.js';
import { startTcpServer } from '../support/http-server.js';
import { variable } from '../support/service.js';
import { workspace } from '../support/workspace.js';
import { program } from './support/requirements.js';

const folder = workspace();
const key = 'the key that everybody should hold, long enough';

/** The key that the service of each network holds. */
const networks = { eu: key, us: `${key}\n`, asia: key };
type Network = keyof typeof networks;
const labels: readonly Network[] = ['eu', 'us', 'asia'];

/** A service on a port of the loopback interface: it shows its fingerprint, and verifies tokens. */
const service = `
  const { createHash, createHmac } = require('node:crypto');
  const { PORT: port, KEY: key } = process.env;
  const fingerprint = createHash('sha256').update(key).digest('hex').slice(0, 8);
  require('node:http').createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url.split('?')[0] === '/fingerprint') return response.end(JSON.stringify({ fingerprint }));
    const [head, body, signature] = (request.headers.authorization ?? '').replace('Bearer ', '').split('.');
    const valid = createHmac('sha256', key).update(head + '.' + body).digest('base64url') === signature;
    response.writeHead(valid ? 200 : 401).end(JSON.stringify(valid ? { ok: true } : { error: 'invalid_token' }));
  }).listen(Number(port), '127.0.0.1', () => console.log('listening'));
`;

const toEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
});

const nameOf = (network: Network): string => `jwtcheck-${process.pid}-${network}`;

/** Runs iproute2, which may refuse it: then with what it says. */
function ip(...args: readonly string[]): string | null {
  const { status, stderr } = spawnSync(program('ip', 'iproute2'), args, { encoding: 'utf8' });
  return status === 0 ? null : stderr.trim();
}

/** Creates a network for each service. Only root may, and not in every container. */
function createNetworks(context: TestContext): void {
  for (const network of labels) {
    const name = nameOf(network);
    const refusal = ip('netns', 'add', name);
    if (refusal === null) toEnd.push(() => ip('netns', 'delete', name));
    context.skip(refusal !== null, `network namespaces cannot be created here: ${refusal}`);
    const silent = ip('-n', name, 'link', 'set', 'lo', 'up') ?? ip('netns', 'exec', name, 'true');
    context.skip(silent !== null, `network namespaces cannot be entered here: ${silent}`);
  }
}

/** Program and arguments, started in a network, or in that of this process. */
function start(
  network: Network | null,
  args: readonly string[],
  { cwd = '/', env }: { cwd?: string; env: Readonly<Record<string, string>> },
): ChildProcess {
  const inside = network === null ? [] : [program('ip', 'iproute2'), 'netns', 'exec', nameOf(network)];
  const [file = '', ...rest] = [...inside, process.execPath, ...args];
  const { PATH = '' } = process.env;
  return spawn(file, rest, { cwd, env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function startService(network: Network, ports: Readonly<Record<Network, number>>, isInside: boolean) {
  const env = { PORT: String(ports[network]), KEY: networks[network] };
  const child = start(isInside ? network : null, ['-e', service], { env });
  const ended = once(child, 'close');
  const stop = (): Promise<unknown> => {
    child.kill('SIGKILL');
    return ended;
  };
  toEnd.push(stop);
  if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), ended]);
  return stop;
}

async function jwtcheck(network: Network | null, cwd: string, args: readonly string[]) {
  const child = start(network, [bin, ...args], { cwd, env: { [variable]: key } });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  const [code] = await once(child, 'close');
  return { code: z.number().parse(code), ...written };
}

/** Ports that are free here. In a network of its own, each is free. */
async function freePorts(): Promise<Record<Network, number>> {
  const servers = await Promise.all(labels.map(() => startTcpServer(() => {})));
  const [eu = 0, us = 0, asia = 0] = servers.map(({ origin }) => Number(new URL(origin).port));
  await Promise.all(servers.map((server) => server.close()));
  return { eu, us, asia };
}

const configOf = (ports: Readonly<Record<Network, number>>) => ({
  environments: {
    staging: {
      reference: 'store',
      participants: {
        store: { source: { kind: 'env', names: [variable] } },
        ...Object.fromEntries(
          labels.map((label) => {
            const url = `http://127.0.0.1:${ports[label]}`;
            const source = { kind: 'http', url: `${url}/fingerprint` };
            return [
              `${label}_service`,
              { reach: label, source, probes: [{ kind: 'http', url: `${url}/me` }] },
            ];
          }),
        ),
      },
    },
  },
});

/** A report without what differs between two runs of the same check. */
function timeless(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  return JSON.parse(
    JSON.stringify(parsed, (name, value: unknown) =>
      ['startedAt', 'durationMs', 'latencyMs'].includes(name) ? undefined : value,
    ),
  );
}

describe('three networks that do not reach each other', () => {
  it('have the report of one machine that reaches all of them', async (context) => {
    createNetworks(context);
    const ports = await freePorts();
    const cwd = await folder({ '.jwtcheckrc.json': configOf(ports) });

    const outside = await Promise.all(labels.map((label) => startService(label, ports, false)));
    const whole = await jwtcheck(null, cwd, ['-f', 'json']);
    await Promise.all(outside.map((stop) => stop()));
    expect(whole).toMatchObject({ code: 1, stderr: '', stdout: expect.stringContaining('trailing-newline') });

    await Promise.all(labels.map((label) => startService(label, ports, true)));
    // Each of them reaches one service only, and no machine outside reaches any.
    for (const network of ['eu', null] as const) {
      const { stdout } = await jwtcheck(network, cwd, ['-f', 'json', '--no-probes']);
      const { participants } = z
        .object({ participants: z.array(z.object({ name: z.string(), reachable: z.boolean() })) })
        .parse(JSON.parse(stdout));
      const reached = participants.filter(({ reachable }) => reachable).map(({ name }) => name);
      expect(reached).toEqual(network === null ? ['store'] : ['store', `${network}_service`]);
    }

    const observed = await Promise.all(
      labels.map((label) => jwtcheck(label, cwd, ['--reach', label, '-f', 'observations:parts/'])),
    );
    for (const one of observed) expect(one).toEqual({ code: 0, stdout: '', stderr: '' });

    const judged = await jwtcheck(null, cwd, ['judge', 'parts/', '-f', 'json']);
    expect(judged).toMatchObject({ code: 1, stderr: '' });
    expect(timeless(judged.stdout)).toEqual(timeless(whole.stdout));

    const lacking = labels
      .filter((label) => label !== 'us')
      .map((label) => join('parts', `part-${label}.json`));
    const incomplete = await jwtcheck(null, cwd, ['judge', ...lacking]);
    expect(incomplete).toMatchObject({ code: 3, stdout: expect.stringContaining('us_service') });
  });
});
