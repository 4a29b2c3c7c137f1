import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planOf } from '../../src/check/selection.js';
import { configSchema } from '../../src/config/schema.js';
import { startSecretManager } from '../../src/demo/secret-manager.js';
import type { Verdict } from '../../src/model.js';
import { observeKeys } from '../../src/rotate/observe-keys.js';
import { openRotationStore } from '../../src/rotate/store.js';
import type { KeyUse } from '../../src/rotation/key-use.js';
import type { Secret } from '../../src/secret/secret.js';
import { googleWorld, sourceOf, type TestWorld } from '../observe/sources/google-world.js';
import {
  type HeldKeys,
  type OverlapOptions,
  type OverlapService,
  overlapParticipant,
  startOverlapService,
} from '../support/overlap-service.js';

const id = { project: 'example-staging', secret: 'jwt-secret' };
const old = 'a'.repeat(64);
const fresh = 'b'.repeat(64);
const stranger = 'c'.repeat(64);

const started: { close(): Promise<void> }[] = [];
let world: TestWorld;
let endpoint: string;
let keys: Map<number, Secret>;

beforeEach(async () => {
  const manager = await startSecretManager();
  started.push(manager);
  for (const key of [old, fresh]) manager.store.add(id, key);
  endpoint = manager.url;
  world = googleWorld();
  const opened = openRotationStore(sourceOf({ ...id, endpoint }), world);
  if (!opened.ok) throw new Error(opened.error.message);
  keys = new Map();
  for (const version of [1, 2]) {
    const key = await opened.value.accessByNumber(version);
    if (!key.ok) throw new Error(key.error.message);
    keys.set(version, key.value);
  }
});

afterEach(async () => {
  await world.end();
  for (const one of started.splice(0)) await one.close();
});

async function service(
  replicas: readonly HeldKeys[],
  more: Partial<OverlapOptions> = {},
): Promise<OverlapService> {
  const running = await startOverlapService({ replicas: replicas.map((held) => () => held), ...more });
  started.push(running);
  return running;
}

interface Asked {
  valid?: readonly number[];
  retired?: { version: number; replacedAt: number } | null;
  verdict?: Verdict;
  more?: object;
}

async function observe(participants: Record<string, unknown>, asked: Asked = {}): Promise<KeyUse> {
  const { valid = [1, 2], retired = null, verdict = 'consistent', more = {} } = asked;
  const settings = configSchema.parse({
    timeout: '10s',
    ...more,
    environments: {
      staging: {
        reference: 'store',
        participants: {
          store: { source: { kind: 'google-secret-manager', ...id, endpoint } },
          ...participants,
        },
      },
    },
  });
  const plan = planOf(settings, 'staging', {});
  return observeKeys(plan, { keys, valid, retired, verdict: Promise.resolve(verdict) }, world);
}

/** Every answer once, as `participant probe key: outcome`. */
const answers = ({ presented }: KeyUse): string[] => [
  ...new Set(
    presented.map(
      ({ participant, probe, key, isBackdated, outcome }) =>
        `${participant} ${probe} ${isBackdated ? 'backdated ' : ''}${key}: ${outcome}`,
    ),
  ),
];

describe('tokens', () => {
  it('presents tokens of every version asked about, and forged ones, over each transport and once a sample', async () => {
    const backend = await service([{ sign: old, accept: [fresh] }]);
    const use = await observe({ backend: overlapParticipant(backend) });
    expect(answers(use)).toEqual([
      'backend me 1: accepted',
      'backend me 2: accepted',
      'backend socket 1: accepted',
      'backend socket 2: accepted',
      'backend me forged: rejected',
      'backend socket forged: rejected',
    ]);
    expect(use.presented).toHaveLength(12);
  });

  it('shows both answers where one replica of two lacks a key', async () => {
    const backend = await service([{ sign: old, accept: [fresh] }, { sign: old }]);
    const use = await observe({ backend: overlapParticipant(backend) });
    expect(answers(use)).toEqual(
      expect.arrayContaining([
        'backend me 2: accepted',
        'backend me 2: rejected',
        'backend socket 2: accepted',
        'backend socket 2: rejected',
      ]),
    );
    expect(answers(use)).not.toContain('backend me 1: rejected');
  });

  it('presents each configured type of a probe', async () => {
    const backend = await service([{ sign: old, accept: [fresh] }]);
    const probes = [
      { kind: 'http', name: 'me', url: `${backend.origin}/me`, tokenTypes: ['access', 'refresh'] },
    ];
    const more = { token: { types: { access: { use: 'access' }, refresh: { use: 'refresh' } } } };
    const use = await observe({ backend: { probes } }, { more });
    expect(use.presented.map(({ key, tokenType }) => `${key} ${tokenType}`)).toEqual([
      '1 access',
      '1 refresh',
      '2 access',
      '2 refresh',
      'forged access',
    ]);
  });

  it('presents tokens of a retired version after all valid ones, and finds one that backdating opens', async () => {
    const replacedAt = Date.now() - 5_000;
    const legacy = { key: old, before: replacedAt / 1000 };
    const order: (string | null)[] = [];
    const backend = await service([{ sign: fresh }], {
      legacy,
      onPresented: (complaint) => order.push(complaint),
    });
    const use = await observe(
      { backend: overlapParticipant(backend) },
      { valid: [2], retired: { version: 1, replacedAt } },
    );
    expect(answers(use)).toEqual([
      'backend me 2: accepted',
      'backend socket 2: accepted',
      'backend me forged: rejected',
      'backend me 1: rejected',
      'backend me backdated 1: accepted',
      'backend socket forged: rejected',
      'backend socket 1: rejected',
      'backend socket backdated 1: accepted',
    ]);
    expect(order.slice(0, 4)).toEqual([null, null, null, null]);
  });

  it('cannot tell where a service does not answer', async () => {
    const backend = await service([{ sign: old }]);
    const participant = overlapParticipant(backend);
    await backend.close();
    started.pop();
    const use = await observe({ backend: participant });
    expect(new Set(use.presented.map(({ outcome }) => outcome))).toEqual(new Set(['inconclusive']));
  });
});

describe('signers', () => {
  it('finds the version that signed each minted token, and how long it lives', async () => {
    const auth = await service(
      [
        { sign: fresh, accept: [old] },
        { sign: old, accept: [fresh] },
      ],
      {
        mints: true,
        tokenLife: 3600,
      },
    );
    const mint = { url: `${auth.origin}/mint`, samples: 4 };
    const use = await observe({ auth: { role: 'issuer', mint } });
    expect(use.participants).toMatchObject([
      { name: 'auth', isIssuer: true, isVerifier: false, canMint: true },
    ]);
    expect(use.signed).toHaveLength(4);
    expect(new Set(use.signed.map(({ key }) => key))).toEqual(new Set([1, 2]));
    expect(use.signed[0]).toMatchObject({ tokenType: 'access', lifeMs: 3_600_000, proof: 'token' });
  });

  it('tells the type of a minted token by its claims, most of them', async () => {
    const auth = await service([{ sign: old }], { mints: true });
    const types = { refresh: { sub: 'e2e', use: 'refresh' }, other: {}, access: { sub: 'e2e' } };
    const use = await observe(
      { auth: { role: 'issuer', mint: { url: `${auth.origin}/mint` } } },
      { more: { token: { types } } },
    );
    expect(use.signed).toMatchObject([{ tokenType: 'access' }]);
  });

  it('names no version where the key of a token is in none', async () => {
    const auth = await service([{ sign: stranger }], { mints: true });
    const use = await observe({ auth: { role: 'issuer', mint: { url: `${auth.origin}/mint` } } });
    expect(use.signed).toMatchObject([{ participant: 'auth', key: null }]);
  });

  it('takes the fingerprint of an issuer for the key that it signs with, each replica by its name', async () => {
    const auth = await service([{ sign: fresh }, { sign: old }]);
    const use = await observe({ auth: overlapParticipant(auth, { role: 'issuer' }) });
    expect(use.signed).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ instance: 'replica-0', key: 2, proof: 'fingerprint' }),
        expect.objectContaining({ instance: 'replica-1', key: 1, proof: 'fingerprint' }),
      ]),
    );
  });

  it('counts no verifier among the signers', async () => {
    const backend = await service([{ sign: old }]);
    expect((await observe({ backend: overlapParticipant(backend) })).signed).toEqual([]);
  });
});

describe('what services say of themselves', () => {
  it('reads the keys that each replica lists, and nothing where it lists none', async () => {
    const listing = await service([{ sign: old, accept: [fresh] }, { sign: old }]);
    const silent = await service([{ sign: old }], { lists: false });
    const use = await observe({ listing: overlapParticipant(listing), silent: overlapParticipant(silent) });
    expect(new Set(use.stated.map((one) => JSON.stringify(one)))).toEqual(
      new Set([
        JSON.stringify({ participant: 'listing', instance: 'replica-0', accepts: [1, 2] }),
        JSON.stringify({ participant: 'listing', instance: 'replica-1', accepts: [1] }),
      ]),
    );
  });

  it('knows a service that follows `latest`, and takes a number for what it read', async () => {
    const latest = await service([{ sign: old, version: 'latest' }]);
    const numbered = await service([{ sign: old, version: '1' }]);
    const use = await observe({ latest: overlapParticipant(latest), numbered: overlapParticipant(numbered) });
    expect(use.participants).toMatchObject([
      { name: 'latest', binding: 'latest', isVerifier: true, probes: ['me', 'socket'] },
      { name: 'numbered', binding: null },
    ]);
  });

  it('counts a running service without probes and role among the verifiers', async () => {
    const backend = await service([{ sign: old }]);
    const { source } = overlapParticipant(backend);
    const use = await observe({ backend: { source } });
    expect(use.participants).toMatchObject([{ name: 'backend', isVerifier: true, probes: [] }]);
  });

  it('leaves out the reference, and has the verdict of the check', async () => {
    const use = await observe({}, { verdict: 'inconsistent' });
    expect(use).toMatchObject({ participants: [], verdict: 'inconsistent' });
  });
});
