import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSecretManager } from '../../src/demo/secret-manager.js';
import type { SecretStore } from '../../src/demo/secret-store.js';
import { type AliasedKey, byAlias, type RoleReading } from '../../src/endpoint/index.js';
import { aliasesIn } from '../../src/rotation/rotation-record.js';
import { secretManagerClient } from '../support/secret-manager-client.js';
import { startGrpcSecretManager } from '../support/secret-manager-grpc.js';

const never = new AbortController().signal;
const keyOf = (version: number): string => String(version).repeat(32);

/** Versions that signed or were accepted, of a loader that meets another state of the aliases at each of its reads. */
async function readAcross(
  states: readonly Aliases[],
  change: readonly number[],
): Promise<{ sign: number; accepted: number[] }> {
  let read = 0;
  const load = byAlias((name): AliasedKey => {
    const state = states[change.filter((at) => at <= read).length];
    read += 1;
    const version = state?.[name] ?? null;
    return version === null ? null : keyOf(version);
  });
  const { sign, accept } = await load(never);
  const number = (key: unknown): number => Number(String(key).slice(0, 1));
  return { sign: number(sign), accepted: [sign, ...accept].filter((key) => key != null).map(number) };
}

type Aliases = Readonly<Record<string, number | null>>;

/** The states of a rotation from version 1 to version 2, as `rotate` sets the aliases. */
const ofRotate: readonly Aliases[] = [
  aliasesIn('idle', 1, 2),
  aliasesIn('staged', 1, 2),
  aliasesIn('promoted', 1, 2),
  aliasesIn('revoked', 1, 2),
];

/** The same by hand, where the old key becomes `previous` only when the new one becomes `current`. */
const byHand: readonly Aliases[] = [
  { current: 1 },
  { current: 1, next: 2 },
  { current: 2, previous: 1 },
  { current: 2 },
];

describe('a reading in which the aliases change', () => {
  it.each([
    ['by rotate', ofRotate],
    ['by hand', byHand],
  ])('loses no key when a state is entered %s', async (_name, states) => {
    for (let state = 0; state + 1 < states.length; state += 1)
      for (const at of [0, 1, 2, 3]) {
        const { sign, accepted } = await readAcross(states.slice(state, state + 2), [at]);
        // Keys that are in force before and after the change are in force during it.
        const before = Object.values(states[state] ?? {}).filter((version) => version !== null);
        const after = Object.values(states[state + 1] ?? {}).filter((version) => version !== null);
        for (const version of before.filter((one) => after.includes(one)))
          expect(accepted).toContain(version);
        expect([states[state]?.current, states[state + 1]?.current]).toContain(sign);
      }
  });

  it('loses no key either when rotate goes back', async () => {
    const [, staged, promoted] = ofRotate;
    for (const at of [0, 1, 2, 3]) {
      const { accepted } = await readAcross([promoted ?? {}, staged ?? {}], [at]);
      expect(new Set(accepted)).toEqual(new Set([1, 2]));
    }
  });

  it('reads next, current and previous one after the other, under their configured names', async () => {
    const begun: string[] = [];
    let under = 0;
    const load = byAlias(
      async (name) => {
        under += 1;
        expect(under).toBe(1);
        begun.push(name);
        await new Promise((resolve) => setImmediate(resolve));
        under -= 1;
        return keyOf(1);
      },
      { current: 'live', previous: 'old' },
    );
    await load(never);
    expect(begun).toEqual(['next', 'live', 'old']);
  });
});

describe.each(['rest', 'grpc'] as const)('with the real client of Secret Manager over %s', (transport) => {
  const id = { project: 'example', secret: 'jwt-secret' };
  let store: SecretStore;
  let address: { host: string; port: number };
  let close: () => unknown;

  beforeEach(async () => {
    if (transport === 'rest') {
      const manager = await startSecretManager();
      ({ store, close } = manager);
      address = { host: '127.0.0.1', port: manager.port };
    } else {
      const manager = await startGrpcSecretManager();
      ({ store, close } = manager);
      address = { host: '127.0.0.1', port: Number(manager.endpoint.split(':')[1]) };
    }
    for (const version of [1, 2, 3]) store.add(id, keyOf(version));
    store.alias(id, 'current', '2');
  });

  afterEach(async () => {
    await close();
  });

  const loader = async (): Promise<RoleReading> => {
    const client = secretManagerClient(transport, address);
    const load = byAlias(async (alias) => {
      const name = `projects/example/secrets/jwt-secret/versions/${alias}`;
      const [{ name: version, payload }] = await client.accessSecretVersion({ name });
      return { key: Buffer.from(payload?.data ?? ''), version: version?.split('/').at(-1) };
    });
    return load(never).finally(() => client.close());
  };

  it('takes an alias that does not exist for no key, and reports the version', async () => {
    const only = { sign: Buffer.from(keyOf(2)), accept: [null, null], version: '2' };
    expect(await loader()).toEqual(only);
    store.alias(id, 'previous', '1');
    store.alias(id, 'next', '3');
    const all = [keyOf(3), keyOf(1)].map((key) => Buffer.from(key));
    expect(await loader()).toEqual({ ...only, accept: all });
    store.disable(id, '1');
    // Over REST the client does not say that it is for its state that a version cannot be read.
    if (transport === 'rest') await expect(loader()).rejects.toMatchObject({ code: 400 });
    else expect(await loader()).toEqual({ ...only, accept: [all[0], null] });
  });

  it('fails where the signing key is missing, or where the caller may not read', async () => {
    store.disable(id, '2');
    await expect(loader()).rejects.toMatchObject({ code: transport === 'rest' ? 400 : 9 });
    store.enable(id, '2');
    store.deny('secretmanager.versions.access');
    await expect(loader()).rejects.toMatchObject({ code: transport === 'rest' ? 403 : 7 });
  });
});

it('takes a file that does not exist for no key, and fails for one that cannot be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jwtcheck-keys-'));
  try {
    const load = byAlias((name) => readFile(join(folder, name)));
    await expect(load(never)).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(join(folder, 'current'), keyOf(1));
    expect(await load(never)).toEqual({
      sign: Buffer.from(keyOf(1)),
      accept: [null, null],
      version: undefined,
    });
    await mkdir(join(folder, 'previous'));
    await expect(load(never)).rejects.toMatchObject({ code: 'EISDIR' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('refuses a name of another role', () => {
  // @ts-expect-error there is no such role
  expect(() => byAlias(() => null, { latest: 'x' })).toThrow('`latest` is not an option');
});
