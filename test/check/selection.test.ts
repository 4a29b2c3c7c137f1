import { describe, expect, it } from 'vitest';
import { planOf } from '../../src/check/selection.js';
import { digestsOf } from '../../src/check/share.js';
import { loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { type PartName, shardOf } from '../../src/config/shards.js';

const service = (reach?: string) => ({
  ...(reach === undefined ? {} : { reach }),
  source: { kind: 'http' as const, url: 'https://service.example/fingerprint' },
  probes: [{ kind: 'http' as const, url: 'https://service.example/me' }],
});

const participants: Config['environments'][string]['participants'] = {
  store: { source: { kind: 'env', names: ['THE_SECRET'] } },
  tests: { source: { kind: 'env', names: ['JWT_SECRET'] }, probes: service().probes },
  issuer: { ...service(), mint: { url: 'https://service.example/mint' } },
  remote: {
    optional: true,
    source: { kind: 'http', url: `\${PLACE}/fingerprint` },
    probes: service().probes,
  },
  vault: { source: { kind: 'file', path: `/\${PLACE}/secret` } },
  near: service('near'),
  far: service('far'),
};

interface Environment {
  readonly reference?: string;
  readonly participants?: Config['environments'][string]['participants'];
}

async function planned(
  part: Partial<PartName>,
  { reference = 'store', participants: own = participants }: Environment = {},
  { env = {}, isJudgedLater = true }: { env?: Record<string, string>; isJudgedLater?: boolean } = {},
) {
  const config = { environments: { staging: { reference, participants: own } } };
  const name = { shard: null, reach: null, ...part };
  const loaded = await loadConfig({ config, cwd: '/', env, part: name });
  const plan = planOf(loaded.settings, 'staging', { part: name, isJudgedLater, leftOut: loaded.leftOut });
  const names = plan.participants.map((one) => one.name);
  const isOwn = (one: string): boolean => plan.share?.observed.has(one) ?? true;
  return { plan, own: names.filter(isOwn), also: names.filter((one) => !isOwn(one)) };
}

const shard = (name: string) => ({ index: shardOf(name, 1000), of: 1000 });
const place = { env: { PLACE: 'https://place.example' } };

describe('a run that reaches one network', () => {
  it('has the participants with its label, and the reference', async () => {
    expect(await planned({ reach: ['near'] })).toMatchObject({ own: ['near'], also: ['store'] });
    expect(await planned({ reach: ['near', 'far'] })).toMatchObject({ own: ['near', 'far'] });
  });

  it('has those without a label as default', async () => {
    const { own, also } = await planned({ reach: ['default'] }, {}, place);
    expect(own).toEqual(['store', 'tests', 'issuer', 'remote', 'vault']);
    expect(also).toEqual([]);
  });

  it('requires no variable of another network, and knows its participants nevertheless', async () => {
    await expect(planned({})).rejects.toThrow(/PLACE/);
    await expect(planned({ reach: ['default'] })).rejects.toThrow(/PLACE/);
    const { own, plan } = await planned({ reach: ['far'] });
    expect(own).toEqual(['far']);
    expect(plan.share?.all.map(({ name, required }) => [name, required])).toEqual(
      Object.keys(participants).map((name) => [name, name !== 'remote']),
    );
    expect(plan.share?.all.find(({ name }) => name === 'remote')?.settings.probes).toHaveLength(1);
  });

  it('is checked like a whole where it has a verdict of its own', async () => {
    const { plan } = await planned({ reach: ['near'] }, {}, { isJudgedLater: false });
    expect(plan.participants.map(({ name }) => name)).toEqual(['store', 'near']);
    expect(plan.share).toBeUndefined();
  });

  it('rejects a label that no participant has', async () => {
    await expect(planned({ reach: ['nera'] })).rejects.toThrow('no participant has the label `nera`');
  });

  it('has a reference with a label only where that is reached', async () => {
    const labelled = { participants: { ...participants, store: { ...participants.store, reach: 'far' } } };
    expect(await planned({ reach: ['far'] }, labelled)).toMatchObject({ own: ['store', 'far'], also: [] });
    const { plan, own, also } = await planned({ reach: ['near'] }, labelled);
    expect({ own, also, reference: plan.reference }).toEqual({ own: ['near'], also: [], reference: 'store' });
    // Alone, it would call services consistent that agree with each other and not with the reference.
    await expect(planned({ reach: ['near'] }, labelled, { isJudgedLater: false })).rejects.toThrow(
      'the reference store is reached only from far',
    );
  });
});

it('the parts of one check have the same digest, whatever variables their machines have', async () => {
  const digest = async (env: Record<string, string>, reach: string, changed = participants) => {
    const config = { environments: { staging: { reference: 'store', participants: changed } } };
    const part = { shard: null, reach: [reach] };
    const loaded = await loadConfig({ config, cwd: '/', env, part });
    return digestsOf(loaded, planOf(loaded.settings, 'staging', { part, isJudgedLater: true }));
  };
  const expected = await digest({}, 'far');
  expect(await digest({}, 'near')).toEqual(expected);
  expect(await digest(place.env, 'default')).toEqual(expected);
  expect(
    await digest({}, 'far', { ...participants, far: service('near'), more: service('far') }),
  ).not.toEqual(expected);
});

describe('a shard', () => {
  it('reads what signs tokens or yields a secret as well, and presents no token to it', async () => {
    const { plan, own, also } = await planned({ shard: shard('near') });
    expect({ own, also }).toEqual({ own: ['near'], also: ['store', 'tests', 'issuer'] });
    const settings = Object.fromEntries(plan.participants.map((one) => [one.name, one.settings]));
    expect(settings.near?.probes).toHaveLength(1);
    expect(settings.tests?.probes).toBeUndefined();
    expect(settings.issuer).toMatchObject({ mint: {} });
    expect(settings.issuer?.probes).toBeUndefined();
  });

  it('leaves a secret whose variables are not set to its own shard', async () => {
    expect((await planned({ shard: shard('near') })).also).not.toContain('vault');
    expect((await planned({ shard: shard('near') }, {}, place)).also).toContain('vault');
    await expect(planned({ shard: shard('vault') })).rejects.toThrow(/PLACE/);
  });

  it('may be empty', async () => {
    const names = Object.keys(participants).map((name) => shardOf(name, 1000));
    const index = [1, 2, 3, 4, 5, 6, 7, 8].find((one) => !names.includes(one)) ?? 0;
    expect(await planned({ shard: { index, of: 1000 } })).toMatchObject({ own: [] });
  });

  it('of one network has participants of that network only', async () => {
    const part = { shard: shard('near') };
    expect(await planned({ ...part, reach: ['near'] })).toMatchObject({ own: ['near'], also: ['store'] });
    expect(await planned({ ...part, reach: ['far'] })).toMatchObject({ own: [], also: ['store'] });
  });
});

it('a label is the same on every machine: a variable is none', async () => {
  const one = { ...service(), reach: `\${NETWORK}` };
  const loading = planned({}, { participants: { one }, reference: 'one' }, { env: { NETWORK: 'eu' } });
  await expect(loading).rejects.toThrow('reach: must be written without a variable');
});
