import { SignJWT } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { firstKey, id, openScene, type Scene } from '../../rotate/scene.js';
import { fingerprint } from '../../support/service.js';
import {
  buildExamples,
  type Example,
  fingerprintToken,
  mintToken,
  type RunningExample,
  startExample,
} from './examples.js';
import { scratchFolder } from './start.js';

const scratch = scratchFolder();
/** Life of a token; the drain of the rotation. */
const tokenSeconds = 6;

let scene: Scene;
let examples: Readonly<Record<string, Example>> = {};
const running = new Map<string, RunningExample>();
/** Reads of Secret Manager by the service account of an example. */
const reads = new Map<string, number>();
let isDown = false;

const settings = () => ({
  JWT_SECRET: `projects/${id.project}/secrets/${id.secret}`,
  SECRET_MANAGER_ENDPOINT: scene.manager.url,
  REFRESH_SECONDS: '0.3',
  TOKEN_SECONDS: String(tokenSeconds),
});

beforeAll(async () => {
  scene = await openScene();
  examples = buildExamples(scratch.path);
  scene.manager.intercept = ({ headers }, response) => {
    const account = /^Bearer (\w+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    if (!(account in examples)) return false;
    reads.set(account, (reads.get(account) ?? 0) + 1);
    if (isDown)
      response
        .writeHead(503, { 'content-type': 'application/json' })
        .end('{"error":{"status":"UNAVAILABLE"}}');
    return isDown;
  };
  const started = Object.entries(examples).map(async ([name, example]) => {
    running.set(name, await startExample(name, example, settings()));
  });
  await Promise.all(started);
});

afterAll(async () => {
  for (const example of running.values()) await example.close();
  await scene.close();
  scratch.remove();
});

const tell = async (origin: string): Promise<unknown> => {
  const headers = { authorization: `Bearer ${fingerprintToken}` };
  return (await fetch(`${origin}/internal/jwt-fingerprint`, { headers })).json();
};

async function minted(origin: string): Promise<string> {
  const headers = { authorization: `Bearer ${mintToken}` };
  const answer = await fetch(`${origin}/token`, { method: 'POST', headers });
  const { access_token }: { access_token: string } = JSON.parse(await answer.text());
  return access_token;
}

const isAccepted = async (origin: string, token: string): Promise<boolean> =>
  (await fetch(`${origin}/me`, { headers: { authorization: `Bearer ${token}` } })).status === 200;

const keyOf = (version: number): string =>
  scene.manager.store.secret(id).versions.written[version - 1]?.payload.toString() ?? '';

/** Waits until every example has the keys of these versions; the first one signs. */
async function allHold(...versions: readonly [number, ...number[]]): Promise<void> {
  const accepts = versions.map((version) => fingerprint(keyOf(version)));
  const [sign] = versions;
  for (const [name, { origin }] of running)
    await expect
      .poll(() => tell(origin), { interval: 500, message: name })
      .toMatchObject({ fingerprint: accepts[0], accepts, version: String(sign), service: 'example' });
}

/** Tokens of every example, presented to every example as long as they are valid. */
function startTraffic() {
  let held: { readonly token: string; readonly until: number }[] = [];
  const counts = { presented: 0, rejected: [] as string[] };
  let isOver = false;
  const present = async (name: string, origin: string, { token, until }: (typeof held)[number]) => {
    if (Date.now() > until) return;
    const accepted = await isAccepted(origin, token);
    // Slower than the token lives: it says nothing.
    if (Date.now() > until) return;
    counts.presented += 1;
    if (!accepted) counts.rejected.push(name);
  };
  const done = (async () => {
    while (!isOver) {
      const origins = [...running];
      // The time by which a token has expired is rounded down to seconds.
      const until = Date.now() + (tokenSeconds - 2) * 1000;
      const tokens = await Promise.all(origins.map(([, { origin }]) => minted(origin)));
      held = [...held.slice(0, 4), ...held.slice(4).slice(-4), ...tokens.map((token) => ({ token, until }))];
      for (const one of held)
        await Promise.all(origins.map(([name, { origin }]) => present(name, origin, one)));
      held = held.filter(({ until: end }) => end > Date.now());
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    async stop() {
      isOver = true;
      await done;
      return counts;
    },
  };
}

const participant = ({ origin }: RunningExample) => ({
  role: 'issuer',
  source: {
    kind: 'http',
    url: `${origin}/internal/jwt-fingerprint`,
    service: 'example',
    require: 'proof',
    headers: { authorization: `Bearer ${fingerprintToken}` },
  },
  probes: [{ kind: 'http', name: 'me', url: `${origin}/me` }],
  mint: { url: `${origin}/token`, headers: { authorization: `Bearer ${mintToken}` } },
});

it('services in four languages follow the aliases through a rotation, and reject no valid token', async () => {
  scene.participants = Object.fromEntries(
    [...running].map(([name, example]) => [name, participant(example)]),
  );
  scene.rotation = { drain: { access: `${tokenSeconds}s` }, skew: '0s', settle: '1s' };
  const step = async (command: 'start' | 'next'): Promise<void> => {
    const { code, stdout, stderr } = await scene.rotate(command, {
      apply: true,
      waitMs: 100_000,
      intervalMs: 1000,
    });
    expect(code, stdout + stderr).toBe(0);
  };
  const traffic = startTraffic();
  try {
    await allHold(1);
    const longLived = await new SignJWT({ sub: 'test' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(Buffer.from(firstKey));
    await step('start');
    await allHold(1, 2);
    await step('next');
    await allHold(2, 1);
    for (const { origin } of running.values()) expect(await isAccepted(origin, longLived)).toBe(true);
    await step('next');
    await allHold(2);
    for (const { origin } of running.values()) expect(await isAccepted(origin, longLived)).toBe(false);
    await step('next');
    expect(scene.versions()).toEqual(['1 DISABLED', '2 ENABLED']);
  } finally {
    const { presented, rejected } = await traffic.stop();
    expect.soft(rejected).toEqual([]);
    expect.soft(presented).toBeGreaterThan(200);
  }
});

it('a disabled version is no key, and while Secret Manager fails the keys stay', async () => {
  const current = Number(scene.aliases().current);
  scene.manager.store.alias(id, 'next', '1');
  expect(scene.versions()).toContain('1 DISABLED');
  const before = new Map(reads);
  const hasReadAgain = (name: string) => (reads.get(name) ?? 0) - (before.get(name) ?? 0) > 8;
  await expect.poll(() => [...running.keys()].every(hasReadAgain)).toBe(true);
  await allHold(current);

  isDown = true;
  const added = scene.manager.store.add(id, 'f'.repeat(64));
  scene.manager.store.alias(id, 'current', added);
  for (const [name, count] of reads) before.set(name, count);
  // The first answer may belong to a reading that began before.
  await expect.poll(() => [...running.keys()].every(hasReadAgain)).toBe(true);
  await allHold(current);
  for (const { origin } of running.values())
    expect(await isAccepted(origin, await minted(origin))).toBe(true);
  isDown = false;
  await allHold(Number(added));
});

it('none starts without a key that signs', async () => {
  for (const [name, example] of Object.entries(examples)) {
    const missing = { ...settings(), JWT_SECRET: `projects/${id.project}/secrets/missing` };
    await expect(startExample(name, example, missing)).rejects.toThrow(/no key with the name "?'?current/);
  }
});

it('none has written a key', () => {
  const keys = [
    firstKey,
    ...scene.manager.store.secret(id).versions.written.map(({ payload }) => `${payload}`),
  ];
  for (const [name, example] of running)
    for (const key of keys)
      for (const form of [key, Buffer.from(key).toString('base64')])
        expect(example.said().includes(form.slice(0, 16)), name).toBe(false);
});
