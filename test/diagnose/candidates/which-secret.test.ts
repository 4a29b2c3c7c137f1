import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/schema.js';
import { type SecretManager, startSecretManager } from '../../../src/demo/secret-manager.js';
import { json, startServer } from '../../support/http-server.js';
import { some } from '../../support/random.js';
import { causes, check, fingerprint, shows } from './world.js';

const right = 'x8VgF2vJ7qLr0sT5wYzB3nC6mD9pE1hK4aU';
const older = 'o1VgF2vJ7qLr0sT5wYzB3nC6mD9pE1hK4aU';
const oldest = 'a2VgF2vJ7qLr0sT5wYzB3nC6mD9pE1hK4aU';
const unrelated = 'z9QgF2vJ7qLr0sT5wYzB3nC6mD9pE1hK4aU';
const staging = { project: 'netra-staging', secret: 'jwt-secret-staging' };
const production = { project: 'netra-production', secret: 'jwt-secret-production' };

let manager: SecretManager;
let clock: Date;
let folder: string;

beforeEach(async () => {
  clock = new Date('2026-01-01T00:00:00Z');
  manager = await startSecretManager({ now: () => clock });
  folder = await mkdtemp(join(tmpdir(), 'jwtcheck-'));
});
afterEach(async () => {
  await manager.close();
  await rm(folder, { recursive: true });
});

type Participants = Config['environments'][string]['participants'];

const from = (id: typeof staging, more: object = {}) => ({
  source: { kind: 'google-secret-manager', endpoint: manager.url, ...id, ...more } as const,
});

/** Staging with Secret Manager as its reference, and other environments beside it. */
const config = (
  participants: Participants,
  others: Config['environments'] = {},
  more: Partial<Config> = {},
): Config => ({
  ...more,
  environments: {
    staging: { reference: 'sm', participants: { sm: from(staging), ...participants } },
    ...others,
  },
});

/** Adds a version on a day of January. */
const onDay = (day: number, id: typeof staging, secret: string): void => {
  clock = new Date(Date.UTC(2026, 0, day));
  manager.store.add(id, secret);
};

describe('versions', () => {
  beforeEach(() => {
    onDay(1, staging, oldest);
    onDay(5, staging, older);
    onDay(9, staging, right);
  });

  it.each(
    some(
      [
        [`${oldest}\n${right}`, 'after version 1, with a line break between them'],
        [`${older},${right}`, 'after version 2, with "," between them'],
        [`${right},${older}`, 'before version 2, with "," between them'],
      ],
      1,
    ),
  )('in a list with the right one, taken for one key, are named: %#', async (list, words) => {
    const report = await check(config({ api: shows(list), fine: shows(right) }));
    expect(causes(report)).toEqual([['extra-characters', ['api']]]);
    expect(report.findings[0]?.message).toBe(`api holds the secret of sm in a list of two, ${words}.`);
    expect(JSON.stringify(report)).not.toContain(older.slice(0, 8));
  });

  it('tell when they were made and when they were replaced', async () => {
    const report = await check(config({ api: shows(older) }));
    expect(report.findings).toMatchObject([
      {
        code: 'stale-secret-version',
        evidence: {
          version: '2',
          current: '3',
          createdAt: '2026-01-05T00:00:00.000Z',
          staleSince: '2026-01-09T00:00:00.000Z',
        },
      },
    ]);
  });

  it('were replaced by the next one, be it disabled since', async () => {
    manager.store.disable(staging, '2');
    const report = await check(config({ api: shows(oldest) }));
    expect(report.findings[0]?.evidence).toMatchObject({
      version: '1',
      staleSince: '2026-01-05T00:00:00.000Z',
    });
  });

  it('are found without permission to list them, then without dates', async () => {
    manager.store.deny('secretmanager.versions.list');
    const report = await check(config({ api: shows(oldest) }));
    expect(report.findings).toMatchObject([
      { code: 'stale-secret-version', evidence: { version: '1', staleSince: null } },
    ]);
  });

  it('may be newer than a pinned reference', async () => {
    const report = await check(config({ sm: from(staging, { version: 2 }), api: shows(right) }));
    expect(report.findings).toMatchObject([
      { code: 'ahead-of-reference', evidence: { version: '3', current: '2' } },
    ]);
  });

  it('explain a participant that is pinned to one of them, where the reference shows a fingerprint only', async () => {
    const report = await check(config({ sm: shows(right), job: from(staging, { version: 2 }) }));
    expect(report.findings).toMatchObject([
      {
        code: 'stale-secret-version',
        participants: ['job'],
        evidence: { version: '2', current: '3', staleSince: '2026-01-09T00:00:00.000Z' },
      },
    ]);
  });

  it('are not out of date where they hold the current secret again', async () => {
    onDay(12, staging, older);
    const agreed = await check(config({ api: shows(older) }));
    expect(causes(agreed)).toEqual([]);
    const back = await check(config({ api: shows(right) }));
    expect(back.findings).toMatchObject([{ code: 'stale-secret-version', evidence: { version: '3' } }]);
  });

  it('are not read where all agree', async () => {
    await check(config({ api: shows(right) }));
    expect([...manager.calls].sort()).toEqual(['AccessSecretVersion', 'GetSecret']);
  });

  it('do not explain an unrelated secret', async () => {
    expect(causes(await check(config({ api: shows(unrelated) })))).toEqual([
      ['fingerprint-mismatch', ['api']],
    ]);
  });
});

describe('other environments', () => {
  const reference = (more: object = {}) => ({
    production: { reference: 'prod', participants: { prod: from(production, more) } },
  });
  beforeEach(() => {
    onDay(1, staging, right);
    onDay(1, production, older);
  });

  it('are read after a difference, and named', async () => {
    const report = await check(config({ api: shows(older) }, reference()));
    expect(report.findings).toMatchObject([
      {
        code: 'wrong-environment',
        participants: ['api'],
        evidence: { environment: 'production', reference: 'prod' },
      },
    ]);
  });

  it('are left alone where all agree, unless crossCheck names them', async () => {
    const others = reference();
    expect(causes(await check(config({ api: shows(right) }, others)))).toEqual([]);
    expect(manager.requests.filter((path) => path.includes('production'))).toEqual([]);
    const crossed = await check(config({ api: shows(right) }, others, { crossCheck: ['production'] }));
    expect([crossed.verdict, causes(crossed)]).toEqual(['consistent', []]);
    expect(manager.requests.filter((path) => path.includes('production'))).toHaveLength(1);
  });

  it('do no harm where they cannot be read', async () => {
    manager.intercept = (request, response) => {
      if (!request.url?.includes('production')) return false;
      response.writeHead(403).end();
      return true;
    };
    expect(causes(await check(config({ api: shows(older) }, reference())))).toEqual([
      ['fingerprint-mismatch', ['api']],
    ]);
  });

  it('are not read where only tokens are rejected', async () => {
    const service = await startServer(json({ error: 'no' }, 401));
    const probes = [{ kind: 'http', url: service.origin } as const];
    const report = await check(config({ api: { probes } }, reference()));
    await service.close();
    expect(report.verdict).toBe('inconsistent');
    expect(manager.requests.filter((path) => path.includes('production'))).toEqual([]);
  });

  it('run no program of theirs, unless crossCheck names them', async () => {
    const marker = join(folder, 'was-run');
    const run = ['sh', '-c', `touch ${marker}; printf %s ${older}`];
    const prod = { source: { kind: 'command', run } as const };
    const others = { production: { reference: 'prod', participants: { prod } } };
    expect(causes(await check(config({ api: shows(older) }, others)))).toEqual([
      ['fingerprint-mismatch', ['api']],
    ]);
    await expect(writeFile(marker, '', { flag: 'wx' })).resolves.toBeUndefined();
    const crossed = await check(config({ api: shows(older) }, others, { crossCheck: ['production'] }));
    expect(causes(crossed)).toEqual([['wrong-environment', ['api']]]);
  });

  it('are not read with variables that are not set', async () => {
    const marker = join(folder, 'was-run');
    const run = ['sh', '-c', `touch ${marker}; printf %s x`, `\${UNSET}`];
    const others = {
      production: {
        reference: 'prod',
        participants: { prod: { source: { kind: 'command', run } as const } },
      },
      qa: { reference: 'prod', participants: { prod: from({ ...production, project: `\${UNSET}` }) } },
    };
    expect(causes(await check(config({ api: shows(older) }, others)))).toEqual([
      ['fingerprint-mismatch', ['api']],
    ]);
    await expect(writeFile(marker, '', { flag: 'wx' })).resolves.toBeUndefined();
  });

  it('must not share the secret', async () => {
    manager.store.add(production, right);
    const report = await check(
      config({ api: shows(right) }, reference(), { crossCheck: ['production', 'staging'] }),
    );
    expect(report).toMatchObject({ verdict: 'consistent', exitCode: 1 });
    expect(report.findings).toMatchObject([
      { code: 'shared-across-environments', severity: 'critical', evidence: { environment: 'production' } },
    ]);
  });

  it('must not share the secret, also where only a fingerprint is shown', async () => {
    const others = { production: { reference: 'prod', participants: { prod: shows(right) } } };
    const report = await check(config({ api: shows(right) }, others, { crossCheck: ['production'] }));
    expect(causes(report)).toEqual([['shared-across-environments', ['sm']]]);
  });

  it.each<[string, () => Config['environments']]>([
    ['cannot be read', () => reference({ version: 9 })],
    ['names no reference', () => ({ production: { participants: { prod: from(production) } } })],
  ])('keep the verdict open where one of crossCheck %s', async (_, others) => {
    const report = await check(config({ api: shows(right) }, others(), { crossCheck: ['production'] }));
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3, level: 'WARNING' });
    expect(report.findings).toMatchObject([
      { code: 'reference-unavailable', participants: [], evidence: { environment: 'production' } },
    ]);
  });

  it('never show their secrets', async () => {
    manager.intercept = (request, response) => {
      if (!request.url?.includes('production') || request.url.includes('latest')) return false;
      response.writeHead(500).end(`${older} ${right}`);
      return true;
    };
    const report = await check(config({ api: shows(older) }, reference(), { crossCheck: ['production'] }));
    expect(causes(report)).toEqual([['wrong-environment', ['api']]]);
    expect(JSON.stringify(report)).not.toContain(older);
  });
});

describe('siblings', () => {
  const names = ['JWT_SECRET_STAGING', 'JWT_SECRET'];
  const tests = { source: { kind: 'env' as const, names } };
  beforeEach(() => onDay(1, staging, right));

  it('are other variables that are set', async () => {
    const env = { JWT_SECRET_STAGING: right, JWT_SECRET: older };
    const report = await check(config({ tests, api: shows(older) }), { env });
    expect(report.findings).toMatchObject([
      { code: 'sibling-secret', participants: ['api'], evidence: { secret: 'JWT_SECRET', namedBy: 'tests' } },
    ]);
  });

  it('may be right where the variable that wins is not', async () => {
    const env = { JWT_SECRET_STAGING: unrelated, JWT_SECRET: right };
    const report = await check(config({ tests }), { env });
    expect(report.findings).toMatchObject([
      { code: 'sibling-secret', evidence: { taken: 'JWT_SECRET_STAGING', right: 'JWT_SECRET' } },
    ]);
  });

  it('are other secrets in Secret Manager', async () => {
    const refresh = { ...staging, secret: 'refresh' };
    onDay(2, refresh, older);
    const report = await check(config({ refresh: from(refresh), api: shows(older) }));
    expect(causes(report)).toEqual([
      ['sibling-secret', ['api']],
      ['fingerprint-mismatch', ['refresh']],
    ]);
    expect(report.findings[0]?.evidence).toMatchObject({
      secret: 'projects/netra-staging/secrets/refresh',
    });
  });

  it('are no cause where they hold the right secret, or no participant holds them', async () => {
    const env = { JWT_SECRET_STAGING: right, JWT_SECRET: right };
    expect(causes(await check(config({ tests, api: shows(unrelated) }), { env }))).toEqual([
      ['fingerprint-mismatch', ['api']],
    ]);
  });
});

describe('names', () => {
  const tests = { source: { kind: 'env' as const, names: ['NETRA_KEY'] } };
  beforeEach(() => onDay(1, staging, right));

  it.each(
    some(
      [
        'jwt-secret-staging',
        'projects/netra-staging/secrets/jwt-secret-staging',
        'netra-staging/jwt-secret-staging',
        'JWT_SECRET_STAGING',
        'JWT_SECRET',
      ],
      2,
    ),
  )('are no secrets: %s', async (value) => {
    expect(causes(await check(config({ api: shows(value) })))).toEqual([['secret-name-as-value', ['api']]]);
  });

  it.each(
    some(
      [
        `\${JWT_SECRET_STAGING}`,
        '$JWT_SECRET',
        '$(JWT_SECRET)',
        '{{JWT_SECRET}}',
        '%JWT_SECRET%',
        'sm://netra-staging/jwt-secret-staging',
        'projects/netra-staging/secrets/jwt-secret-staging/versions/latest',
        'gcp-secret:jwt-secret-staging',
      ],
      2,
    ),
  )('are no secrets in a placeholder: %s', async (value) => {
    expect(causes(await check(config({ api: shows(value) })))).toEqual([['unresolved-placeholder', ['api']]]);
  });

  it('are those of the participants concerned, too', async () => {
    const env = { NETRA_KEY: 'NETRA_KEY' };
    expect(causes(await check(config({ tests }), { env }))).toEqual([['secret-name-as-value', ['tests']]]);
  });

  it('are no cause for a secret that merely looks like one', async () => {
    for (const value of ['jwt-secret-stagin', 'ANOTHER_NAME_ENTIRELY'])
      expect(causes(await check(config({ api: shows(value) })))).toEqual([['fingerprint-mismatch', ['api']]]);
  });
});

describe('published secrets', () => {
  // In the list, and not among those that are known by name.
  const listed = '!@#$%^&*';

  it('are an alarm where all agree, by the public list', async () => {
    onDay(1, staging, listed);
    const report = await check(config({ api: shows(listed) }));
    expect(report.verdict).toBe('consistent');
    expect(report.findings[0]).toMatchObject({
      code: 'published-default',
      participants: ['sm', 'api'],
      evidence: { seenIn: ['wallarm/jwt-secrets, a public list'] },
    });
    expect(JSON.stringify(report)).not.toContain(JSON.stringify(listed).slice(1, -1));
  });

  it('are named where the name is known', async () => {
    onDay(1, staging, 'changeme');
    const report = await check(config({ api: shows('changeme') }));
    expect(report.findings[0]?.evidence).toEqual({ seenIn: ['tutorials'], isTheRightOne: true });
  });

  it('are recognised by what a service shows; among many as probable', async () => {
    onDay(1, staging, right);
    const few = {
      a: shows(listed),
      b: shows(unrelated),
      c: shows(`${unrelated}3`),
      d: shows(`${unrelated}4`),
    };
    expect(causes(await check(config(few)))).toContainEqual(['published-default', ['a']]);
    const many = { ...few, e: shows(`${unrelated}5`) };
    expect((await check(config(many))).findings).toContainEqual(
      expect.objectContaining({
        code: 'published-default',
        participants: ['a'],
        evidence: expect.objectContaining({ probable: true }),
      }),
    );
  });

  it('are recognised among many, too, by longer fingerprints', async () => {
    onDay(1, staging, right);
    const others = Array.from({ length: 20 }, (_, i) => [`p${i}`, shows(unrelated + i)] as const);
    const many = config(
      { a: shows(listed), ...Object.fromEntries(others) },
      {},
      { fingerprint: { length: 12 } },
    );
    expect(causes(await check(many))).toContainEqual(['published-default', ['a']]);
  });
});

describe('equivalent keys', () => {
  const long = right.repeat(3);

  it.each<[string, string, Buffer]>([
    ['NUL bytes at the end', right, Buffer.from(`${right}\0\0`)],
    ['NUL bytes up to the block', right, Buffer.from(right.padEnd(64, '\0'))],
    ['the hash of a key that is longer than the block', long, Buffer.from(fingerprint(long, 64), 'hex')],
  ])('are no difference: %s', async (_, reference, other) => {
    onDay(1, staging, reference);
    const path = join(folder, 'secret');
    await writeFile(path, other);
    const file = { source: { kind: 'file', path } as const };
    for (const participant of [shows(other), file]) {
      const report = await check(config({ api: participant }));
      expect([report.verdict, causes(report)]).toEqual(['consistent', [['equivalent-secret', ['api']]]]);
    }
    // And the other way round: the padded one is right.
    await writeFile(path, reference);
    expect(causes(await check(config({ sm: shows(other), api: file })))).toEqual([
      ['equivalent-secret', ['api']],
    ]);
  });

  it.each([
    ['NUL bytes beyond the block', right, Buffer.from(right.padEnd(65, '\0'))],
    ['the hash of a key that fits into the block', right, Buffer.from(fingerprint(right, 64), 'hex')],
  ])('are others: %s', async (_, reference, other) => {
    onDay(1, staging, reference);
    const report = await check(config({ api: shows(other) }));
    expect(report.verdict).toBe('inconsistent');
    expect(causes(report).map(([code]) => code)).not.toContain('equivalent-secret');
  });

  it('depend on the block of the algorithm', async () => {
    onDay(1, staging, right);
    const other = shows(Buffer.from(right.padEnd(128, '\0')));
    const verdict = async (algorithm: 'HS256' | 'HS512') =>
      (await check(config({ api: other }, {}, { token: { algorithm } }))).verdict;
    expect(await verdict('HS512')).toBe('consistent');
    expect(await verdict('HS256')).toBe('inconsistent');
  });
});
