import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '../../src/check/session.js';
import { loadConfig } from '../../src/config/load.js';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import { type CheckOptions, type Config, check, type Report } from '../../src/index.js';
import { openMemory } from '../../src/observe/memory.js';
import { json, startServer } from '../support/http-server.js';
import { complaintAbout, decoded } from '../support/jwt-verifier.js';
import { expectNoLeak } from '../support/leaks.js';
import {
  type HeldKeys,
  type OverlapOptions,
  overlapParticipant,
  startOverlapService,
} from '../support/overlap-service.js';
import { startWebSocketServer } from '../support/websocket-server.js';

const id = { project: 'example-staging', secret: 'jwt-secret' };
const oldest = 'oldest-key-'.repeat(4);
const old = 'previous-key-'.repeat(4);
const fresh = 'current-key-'.repeat(4);

const started: { close(): Promise<void> }[] = [];
let manager: SecretManager;

beforeEach(async () => {
  manager = await startSecretManager();
  started.push(manager);
  for (const key of [oldest, old, fresh]) manager.store.add(id, key);
});
afterEach(async () => {
  for (const one of started.splice(0)) await one.close();
});

type Participants = Config['environments'][string]['participants'];

/** A service with these keys in each replica, over HTTP and WebSocket. */
async function service(replicas: readonly HeldKeys[], more: Partial<OverlapOptions> = {}) {
  const running = await startOverlapService({ replicas: replicas.map((held) => () => held), ...more });
  started.push(running);
  return overlapParticipant(running);
}

const configOf = (participants: object): Config => ({
  timeout: '60s',
  environments: {
    staging: {
      reference: 'sm',
      participants: {
        sm: { source: { kind: 'google-secret-manager', ...id, endpoint: manager.url } },
        ...(participants as Participants),
      },
    },
  },
});

const checked = (participants: object, options: Partial<CheckOptions> = {}): Promise<Report> =>
  check({
    config: configOf(participants),
    env: { JWTCHECK_ALLOW_EMULATOR: '1' },
    controls: ['retired'],
    ...options,
  });

const findingsOf = ({ findings }: Report, code: string) => findings.filter((one) => one.code === code);
const retired = ({ attempts }: Report) => attempts.filter((one) => one.token === 'retired');
const results = (report: Report, probe: string, backdated: boolean) =>
  retired(report)
    .filter((one) => one.probe === probe && one.backdated === backdated)
    .map((one) => one.result);

describe('a token of a retired key', () => {
  it('is rejected by a verifier that dropped the key', async () => {
    const report = await checked({ api: await service([{ sign: fresh }]) });
    expect(report).toMatchObject({ verdict: 'consistent', exitCode: 0, findings: [] });
    for (const probe of ['me', 'socket'])
      for (const backdated of [false, true])
        expect(results(report, probe, backdated)).toEqual(['rejected', 'rejected']);
    for (const attempt of retired(report))
      expect(attempt).toMatchObject({
        version: '2',
        minter: 'sm',
        expected: 'rejected',
        tokenType: 'access',
      });
    // An answer to a key that no service holds, to compare with.
    expect(report.attempts.filter((one) => one.token === 'forged')).toHaveLength(2);
  });

  it('is a critical finding where it is accepted, over HTTP and WebSocket', async () => {
    const report = await checked({ api: await service([{ sign: fresh, accept: [old] }]) });
    expect(report).toMatchObject({ verdict: 'inconsistent', exitCode: 1, level: 'CRITICAL' });
    expect(report.participants[1]).toMatchObject({ agrees: true });
    const [finding, ...others] = report.findings;
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      code: 'accepts-retired-key',
      severity: 'critical',
      participants: ['api'],
      evidence: {
        version: '2',
        current: '3',
        probes: ['me', 'socket'],
        onlyBackdated: false,
        isListed: true,
        agrees: true,
      },
    });
    expect(finding?.message).toContain('this check requires its rejection (control `retired`)');
    expect(finding?.remedy).toContain('Remove version 2 from the keys that api accepts');
  });

  it('is a finding where only some replicas accept it', async () => {
    const replicas = [{ sign: fresh }, { sign: fresh, accept: [old] }];
    const report = await checked({ api: await service(replicas, { lists: false }) });
    const [finding] = findingsOf(report, 'accepts-retired-key');
    expect(finding?.evidence).toMatchObject({ isListed: false, onlyBackdated: false });
    expect(finding?.message).toMatch(/\d of \d such tokens were accepted, so its replicas differ/);
  });

  it('is found where only backdated ones are accepted', async () => {
    const before = Date.now() / 1000 - 30;
    const api = await service([{ sign: fresh }], { legacy: { key: old, before }, lists: false });
    const report = await checked({ api });
    expect(report).toMatchObject({ verdict: 'inconsistent', exitCode: 1 });
    for (const probe of ['me', 'socket']) {
      expect(results(report, probe, false)).toEqual(['rejected', 'rejected']);
      expect(results(report, probe, true)).toEqual(['accepted', 'accepted']);
    }
    const [finding] = findingsOf(report, 'accepts-retired-key');
    expect(finding?.evidence).toMatchObject({ onlyBackdated: true });
    expect(finding?.remedy).toContain('chooses the key by the claim `iat`');
  });

  it('is backdated by a year where it may not be listed when the key was replaced', async () => {
    manager.store.deny('secretmanager.versions.list');
    const yearAgo = Date.now() / 1000 - 364 * 24 * 3600;
    const api = await service([{ sign: fresh }], { legacy: { key: old, before: yearAgo }, lists: false });
    const report = await checked({ api });
    expect(results(report, 'me', true)).toEqual(['accepted', 'accepted']);
    expect(retired(report)[0]).toMatchObject({ version: '2' });
  });

  it('is presented with the claims of every token type of a probe', async () => {
    const types: string[] = [];
    const server = await startServer(({ headers }, response) => {
      const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
      const isRetired = complaintAbout(token, { keys: [old], now: Date.now() }) === null;
      if (isRetired) types.push(String(decoded(token)?.type));
      response
        .writeHead(complaintAbout(token, { keys: [fresh], now: Date.now() }) === null ? 200 : 401)
        .end();
    });
    started.push(server);
    const probe = { kind: 'http', name: 'me', url: `${server.origin}/me`, tokenTypes: ['access', 'refresh'] };
    const report = await checked(
      {},
      {
        config: {
          ...configOf({ api: { probes: [probe] } }),
          token: { types: { access: { type: 'access' }, refresh: { type: 'refresh' } } },
        },
      },
    );
    expect(report.verdict).toBe('consistent');
    expect(types.sort()).toEqual(['access', 'access', 'refresh', 'refresh']);
    expect(
      retired(report)
        .map((one) => one.tokenType)
        .sort(),
    ).toEqual(types);
  });

  it('is no finding of its own where every token is accepted', async () => {
    const open = await startServer(json({ ok: true }));
    started.push(open);
    const report = await checked({
      api: { probes: [{ kind: 'http', name: 'me', url: `${open.origin}/me` }] },
    });
    expect(findingsOf(report, 'accepts-retired-key')).toEqual([]);
    expect(findingsOf(report, 'accepts-forged-token')).toHaveLength(1);
  });

  it.each([
    ['rejects it in the body, as it rejects forged ones', [fresh], null],
    ['accepts it in the body', [fresh, old], 'accepts-retired-key'],
  ] as const)('is judged by the answer where a service that always says 200 %s', async (_, keys, code) => {
    const server = await startServer((request, response) => {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const valid = complaintAbout(token, { keys: [...keys], now: Date.now() }) === null;
      json({ valid })(request, response);
    });
    started.push(server);
    const report = await checked({
      api: { probes: [{ kind: 'http', name: 'me', url: `${server.origin}/me` }] },
    });
    expect(report.findings.map((one) => one.code)).toEqual([
      ...(code === null ? [] : [code]),
      'probe-inconclusive',
    ]);
    for (const one of retired(report)) expect(one.result).toBe(code === null ? 'inconclusive' : 'accepted');
  });

  it('says nothing where forged tokens get no clear answer', async () => {
    const server = await startServer((request, response) => {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const accepted = complaintAbout(token, { keys: [fresh, old], now: Date.now() }) === null;
      if (accepted) json({ ok: true })(request, response);
      else response.writeHead(429).end();
    });
    started.push(server);
    const report = await checked({
      api: { probes: [{ kind: 'http', name: 'me', url: `${server.origin}/me` }] },
    });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(findingsOf(report, 'accepts-retired-key')).toEqual([]);
    expect(report.findings.map((one) => one.message).join()).toContain('no clear answer to a forged one');
  });

  it.each([
    ['rejects it later than settle', [fresh], []],
    ['accepts it later than settle', [fresh, old], ['accepts-retired-key']],
  ] as const)('is presented with a longer wait where a socket %s', async (_, keys, expected) => {
    const socket = await startWebSocketServer({
      connected(opened, { url = '/' }) {
        const token = new URL(url, 'ws://127.0.0.1').searchParams.get('token') ?? '';
        const complaint = complaintAbout(token, { keys: [...keys], now: Date.now() });
        setTimeout(() => (complaint === null ? opened.send('{"type":"ready"}') : opened.close(1008)), 1000);
      },
    });
    started.push(socket);
    const url = `${socket.url}/?token={{token}}`;
    const report = await checked({
      api: { probes: [{ kind: 'websocket', name: 'ws', url, via: 'query', settle: '100ms' }] },
    });
    expect(report.findings.map((one) => one.code)).toEqual(expected);
    const result = expected.length === 0 ? 'rejected' : 'accepted';
    expect(retired(report).map((one) => one.result)).toEqual([result, result]);
  });

  it('is found at a verifier without a source, which still agrees', async () => {
    const { probes } = await service([{ sign: fresh, accept: [old] }]);
    const report = await checked({ api: { probes } });
    expect(findingsOf(report, 'accepts-retired-key')).toHaveLength(1);
    expect(report.participants[1]?.agrees).toBe(true);
  });

  it('is expected of a service that holds the key itself: it reads the secret again', async () => {
    const report = await checked({ api: await service([{ sign: old }], { lists: false }) });
    const [finding] = findingsOf(report, 'accepts-retired-key');
    expect(finding?.evidence).toMatchObject({ agrees: false, isOwn: true, isListed: false });
    expect(finding?.remedy).toContain('so that it reads version 3');
    expect(findingsOf(report, 'stale-secret-version')).toHaveLength(1);
  });
});

describe('the version whose key is retired', () => {
  it('can be named', async () => {
    const api = await service([{ sign: fresh, accept: [oldest] }]);
    const passed = await checked({ api });
    expect(passed).toMatchObject({ verdict: 'consistent' });
    const report = await checked({ api }, { controls: ['retired:1', 'missing'] });
    expect(findingsOf(report, 'accepts-retired-key')[0]?.evidence).toMatchObject({ version: '1' });
    expect(new Set(report.attempts.map((one) => one.token))).toEqual(
      new Set(['genuine', 'forged', 'missing', 'retired']),
    );
  });

  it('can be newer than the current one, after a step back', async () => {
    manager.store.alias(id, 'current', '2');
    const api = await service([{ sign: old, accept: [fresh] }]);
    const config = configOf({
      sm: { source: { kind: 'google-secret-manager', ...id, version: 'current', endpoint: manager.url } },
      api,
    });
    const report = await checked({}, { config, controls: ['retired:3'] });
    expect(findingsOf(report, 'accepts-retired-key')[0]?.evidence).toMatchObject({
      version: '3',
      current: '2',
    });
  });

  it('is that before a current one with the same key', async () => {
    manager.store.add(id, fresh);
    const report = await checked({ api: await service([{ sign: fresh, accept: [old] }]) });
    expect(findingsOf(report, 'accepts-retired-key')[0]?.evidence).toMatchObject({
      version: '2',
      current: '4',
    });
  });

  it.each([
    ['disable', 'version-disabled', 'gcloud secrets versions enable 2 --secret=jwt-secret'],
    ['destroy', 'version-destroyed', 'Version 2 cannot be restored'],
  ] as const)(
    'leads to an inconclusive verdict after %s, and to the way on',
    async (change, error, remedy) => {
      manager.store[change](id, '2');
      for (const list of [true, false]) {
        if (!list) manager.store.deny('secretmanager.versions.list');
        const report = await checked({ api: await service([{ sign: fresh }]) });
        expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
        // The next older one is examined all the same.
        for (const one of retired(report)) expect(one).toMatchObject({ version: '1', result: 'rejected' });
        const [finding, ...others] = report.findings;
        expect(others).toEqual([]);
        expect(finding).toMatchObject({
          code: 'retired-key-unavailable',
          severity: 'warning',
          participants: ['sm'],
          evidence: { error, presented: '1' },
        });
        expect(finding?.remedy).toContain(remedy);
        expect(finding?.remedy).toContain('--controls retired:1');
      }
      const named = await checked({ api: await service([{ sign: fresh }]) }, { controls: ['retired:1'] });
      expect(named).toMatchObject({ verdict: 'consistent', exitCode: 0 });
      const gone = await checked({ api: await service([{ sign: fresh }]) }, { controls: ['retired:2'] });
      expect(gone).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
      expect(retired(gone)).toEqual([]);
      expect(findingsOf(gone, 'retired-key-unavailable')[0]?.evidence).toMatchObject({
        error,
        presented: null,
      });
    },
  );

  it('is not hidden by an older version that is accepted', async () => {
    manager.store.disable(id, '2');
    const report = await checked({ api: await service([{ sign: fresh, accept: [oldest] }]) });
    expect(report).toMatchObject({ verdict: 'inconsistent', exitCode: 1 });
    expect(report.findings.map((one) => one.code)).toEqual([
      'accepts-retired-key',
      'retired-key-unavailable',
    ]);
  });

  it.each([
    ['the current one', ['retired:3'], 'version 3 is in use'],
    ['one that does not exist', ['retired:9'], 'versions/9'],
  ] as const)('is inconclusive for %s', async (_, controls, message) => {
    const report = await checked({ api: await service([{ sign: fresh }]) }, { controls });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(findingsOf(report, 'retired-key-unavailable')[0]?.message).toContain(message);
    expect(retired(report)).toEqual([]);
  });

  it('is inconclusive before the first rotation', async () => {
    const first = { ...id, secret: 'never-rotated' };
    manager.store.add(first, fresh);
    const config = configOf({
      sm: { source: { kind: 'google-secret-manager', ...first, endpoint: manager.url } },
      api: await service([{ sign: fresh }]),
    });
    const report = await checked({}, { config });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(findingsOf(report, 'retired-key-unavailable')[0]?.message).toContain(
      'no version with another key before version 1',
    );
  });

  it('is not read where no token would be presented, and is not part of all', async () => {
    const api = await service([{ sign: fresh }]);
    const { source } = api;
    const before = () => manager.requests.filter((path) => path.includes('versions/2')).length;
    expect(await checked({ api: { source } })).toMatchObject({ verdict: 'consistent' });
    const report = await checked({ api }, { controls: 'all' });
    expect(retired(report)).toEqual([]);
    expect(before()).toBe(0);
  });
});

it('the retired key is never shown, even if a service repeats it', async () => {
  const server = await startServer((request, response) => {
    const isFingerprint = request.url?.startsWith('/fingerprint') === true;
    const repeated = `wrong key, not ${old} (${Buffer.from(old).toString('base64')})`;
    const body = isFingerprint
      ? { fingerprint: createHash('sha256').update(fresh).digest('hex'), instance: old, version: old }
      : { error: repeated };
    response
      .writeHead(isFingerprint ? 200 : 401, { 'content-type': 'application/json' })
      .end(JSON.stringify(body));
  });
  started.push(server);
  // Without a history, no other step reads the key.
  const config = configOf({
    sm: { source: { kind: 'google-secret-manager', ...id, endpoint: manager.url, history: 0 } },
    api: {
      source: { kind: 'http', url: `${server.origin}/fingerprint` },
      probes: [{ kind: 'http', name: 'me', url: `${server.origin}/me` }],
    },
  });
  const report = await checked({}, { config });
  expect(retired(report)).toHaveLength(2);
  expect(findingsOf(report, 'secret-exposed')).toHaveLength(1);
  expectNoLeak({ report: JSON.stringify(report) }, [old, fresh], [old]);
});

it('a monitor presents it with the other invalid tokens, and again once the version changes', async () => {
  const api = await service([{ sign: fresh }], { lists: false });
  const env = { JWTCHECK_ALLOW_EMULATOR: '1' };
  const loaded = await loadConfig({ config: configOf({ api }), cwd: process.cwd(), env });
  const session = openSession(loaded, { env });
  started.push(session);
  const memory = openMemory(600_000);
  const look = () =>
    session.check(
      { controls: ['retired'], memory },
      { now: () => new Date(), signal: new AbortController().signal, progress: () => {} },
    );
  const first = await look();
  expect(retired(first).every((one) => one.observedAt === undefined && one.version === '2')).toBe(true);
  const second = await look();
  expect(second.verdict).toBe('consistent');
  expect(retired(second).every((one) => one.observedAt !== undefined && one.version === '2')).toBe(true);
  manager.store.disable(id, '2');
  expect((await look()).verdict).toBe('inconclusive');
});
