import { describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Notifier } from '../src/notify/notifier.js';
import type { Probe } from '../src/observe/probes/probe.js';
import type { Source } from '../src/observe/sources/source.js';

const vaultSchema = z.strictObject({
  kind: z.literal('vault'),
  address: z.string(),
  token: z.string(),
  mount: z.strictObject({ path: z.string(), password: z.string() }).optional(),
});

/** A source that implements only its interface. */
const vault: Source<typeof vaultSchema> = {
  schema: vaultSchema,
  target: ({ address }, { label }) => label(address),
  yieldsSecret: () => true,
  read: async () => ({ is: 'error', error: { code: 'not-found', message: 'nothing there' } }),
};

const lockerSchema = z.strictObject({
  kind: z.literal('locker'),
  box: z.string(),
  fallback: z.string().optional(),
});

/** A source that declares all that it can. */
const locker: Source<typeof lockerSchema> = {
  schema: lockerSchema,
  target: ({ box }, { label }) => label(box),
  yieldsSecret: () => true,
  runsProgram: true,
  names: ({ box }) => ({
    variables: ['LOCKER_KEY'],
    path: `/lockers/${box}`,
    stored: { name: box, resources: (version) => [`${box}#${version}`], references: () => [`locker:${box}`] },
  }),
  fallback: ({ fallback, ...without }) => (fallback === undefined ? null : { literal: fallback, without }),
  proof: ({ box }) => ({ isRequired: true, service: `service of ${box}` }),
  emulator: ({ box }, { label }) => label(`127.0.0.1/${box}`),
  read: async () => ({ is: 'error', error: { code: 'not-found', message: 'nothing there' } }),
};

const teamsSchema = z.strictObject({
  kind: z.literal('teams'),
  name: z.string().optional(),
  minimumLevel: z.enum(['INFO', 'WARNING', 'CRITICAL', 'EMERGENCY']).default('WARNING'),
  url: z.string(),
  fallbackAddress: z.string().optional(),
  accessKey: z.string().optional(),
});

/** A notifier that implements only its interface. */
const teams: Notifier<typeof teamsSchema> = {
  schema: teamsSchema,
  keepsIncidents: false,
  target: ({ url }, { label }) => label(url),
  send: async () => ({ ok: true, value: null }),
};

const mqttSchema = z.strictObject({
  kind: z.literal('mqtt'),
  name: z.string().optional(),
  url: z.string(),
  password: z.string().optional(),
  samples: z.number().default(1),
  tokenTypes: z.array(z.string()).optional(),
});

/** A probe that implements only its interface: it has neither headers nor a body. */
const mqtt: Probe<typeof mqttSchema> = {
  schema: mqttSchema,
  target: ({ url }, { label }) => label(url),
  attempt: async () => ({
    result: 'inconclusive',
    status: null,
    closeCode: null,
    detail: 'no broker',
    reason: 'connection',
  }),
};

vi.mock(import('../src/observe/probes/index.js'), async (original) => {
  const { probes } = await original();
  return { probes: { ...probes, mqtt } };
});
vi.mock(import('../src/observe/sources/index.js'), async (original) => {
  const { sources } = await original();
  return { sources: { ...sources, vault, locker } };
});
vi.mock(import('../src/notify/index.js'), async (original) => {
  const { notifiers } = await original();
  return { notifiers: { ...notifiers, teams } };
});

const { loadConfig } = await import('../src/config/load.js');
const { shownConfig } = await import('../src/config/show.js');
const { planOf } = await import('../src/check/selection.js');
const { emulatorsOf } = await import('../src/check/emulators.js');
const { nameCandidates, pathTexts } = await import('../src/diagnose/candidates/names.js');
const { variablesOf } = await import('../src/diagnose/candidates/explain.js');
const { expectedName, requiresProof } = await import('../src/observe/proofs.js');

const hook = 'https://hooks.example.com/services/T0000000000000000/B11111111';

function config(changes: { vault?: object; teams?: object; mqtt?: object } = {}): unknown {
  return {
    environments: {
      staging: {
        participants: {
          store: {
            source: {
              kind: 'vault',
              address: 'https://vault.example.com:8200',
              token: 'hvs.typed-by-hand',
              mount: { path: 'kv', password: 'also-typed-by-hand' },
              ...changes.vault,
            },
          },
          broker: {
            probes: [
              {
                kind: 'mqtt',
                url: 'wss://broker.example.com/mqtt',
                password: 'typed-password-99',
                ...changes.mqtt,
              },
            ],
          },
        },
      },
    },
    watch: { notify: [{ kind: 'teams', url: hook, accessKey: 'typed-key-1234', ...changes.teams }] },
  };
}

const load = (written: unknown, env = {}) =>
  // @ts-expect-error kinds that are added from outside are not in the type
  loadConfig({ cwd: '/', env, config: written });

describe('a source, a probe and a notifier that are added', () => {
  it('show no credential, without any declaration', async () => {
    const loaded = await load(config());
    const shown = JSON.stringify(shownConfig(loaded.tree, loaded.settings));
    for (const secret of ['hvs.typed', 'also-typed', 'typed-key', 'typed-password', 'B11111111', 'T0000'])
      expect(shown).not.toContain(secret);
    expect(shown).toContain('https://vault.example.com:8200');
    expect(shown).toContain('https://hooks.example.com/…');
    const said =
      'told: hvs.typed-by-hand also-typed-by-hand typed-key-1234 /services/T0000000000000000/B11111111';
    for (const secret of ['hvs.typed', 'also-typed', 'typed-key', 'B11111111'])
      expect(loaded.scrub(said)).not.toContain(secret);
  });

  it.each([
    [
      { vault: { address: 'http://vault.example.com:8200' } },
      'environments.staging.participants.store.source.address',
    ],
    [
      { mqtt: { url: 'ws://broker.example.com/mqtt' } },
      'environments.staging.participants.broker.probes[0].url',
    ],
    [{ teams: { url: 'http://hooks.example.com/x' } }, 'watch.notify[0].url'],
    [{ teams: { fallbackAddress: 'http://hooks.example.com/x' } }, 'watch.notify[0].fallbackAddress'],
  ])('may not use plain HTTP to another machine: %j', async (changes, path) => {
    await expect(load(config(changes))).rejects.toMatchObject({
      problems: [
        { path, message: expect.stringMatching(/^plain (http|ws) to another machine can be intercepted/) },
      ],
    });
  });

  it('contact only hosts that are allowed', async () => {
    await expect(load(config(), { JWTCHECK_ALLOW_HOSTS: 'api.example.com' })).rejects.toMatchObject({
      problems: [
        { path: 'environments.staging.participants.store.source.address' },
        { path: 'environments.staging.participants.broker.probes[0].url' },
      ],
    });
  });
});

describe('what an added source declares', () => {
  const planOfLocker = async () => {
    const source = { kind: 'locker', box: 'b7', fallback: 'dev-only-fallback' };
    const environment = (box: string) => ({
      reference: 'store',
      participants: { store: { source: { ...source, box } } },
    });
    const environments = { staging: environment('b7'), production: environment('b8') };
    const { settings } = await load({ environments, defaultEnvironment: 'staging' });
    return planOf(settings, 'staging', {});
  };
  const names = new Set(['store']);

  it('makes candidates of its names', async () => {
    const plan = await planOfLocker();
    expect(variablesOf(plan)).toEqual(['LOCKER_KEY']);
    const context = { label: (text: string) => text };
    const texts = nameCandidates(plan, names, new Map(), context).map(({ text }) => text);
    expect(texts).toContain('the name of the secret of store');
    expect(texts).toContain('a reference to the secret of store that nothing resolved');
    expect(texts).toContain('the path of the file of store');
    const paths = [...pathTexts(plan, names, context)].map(({ value }) => value);
    expect(paths).toContain('LOCKER_KEY_FILE');
    expect(paths).toContain('file:/lockers/b7');
  });

  it('is a fallback, a proof, an emulator, and a program that does not run for other environments', async () => {
    const plan = await planOfLocker();
    expect(plan.fallbacks.map(({ label }) => label)).toEqual([
      'environments.staging.participants.store.source.fallback',
    ]);
    const [store] = plan.participants;
    if (store === undefined) throw new Error('no participant');
    expect(requiresProof(store.settings)).toBe(true);
    expect(expectedName(store.name, store.settings)).toBe('service of b7');
    expect(emulatorsOf(plan, {}, (text) => text)).toEqual(['127.0.0.1/b7']);
    expect(plan.crossReferences).toEqual([]);
  });
});
