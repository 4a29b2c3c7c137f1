import { describe, expect, it } from 'vitest';
import { check } from '../../src/index.js';
import type { Report } from '../../src/model.js';
import { reporters } from '../../src/report/index.js';
import { viewOf } from '../../src/report/view/view.js';
import { json, startServer } from '../support/http-server.js';
import { some } from '../support/random.js';
import { expectUnreadable } from '../support/readable.js';
import { configOf, fingerprint, variable } from '../support/service.js';
import { plainStyle } from '../support/style.js';

const hex = 'c0ffee1e4d2b5a69788796a5b4c3d2e1f00fde4c3b2a1908f7e6d5c4b3a29180';

interface Shown {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly secret?: string;
  readonly length?: number;
}

async function reportOf({ answer, secret = hex, length = 8 }: Shown): Promise<Report> {
  const server = await startServer(json(answer));
  try {
    const source = { kind: 'http', url: `${server.origin}/fingerprint` };
    const config = configOf({ api: { source } }, { fingerprint: { length } });
    return await check({ config: JSON.parse(JSON.stringify(config)), env: { [variable]: secret } });
  } finally {
    await server.close();
  }
}

function expectExposed(report: Report, places: readonly string[], secret = hex): void {
  const found = report.findings.filter(({ code }) => code === 'secret-exposed');
  expect(found).toMatchObject([
    {
      severity: 'critical',
      participants: ['api'],
      evidence: { in: places, secretOf: [report.reference?.participant] },
    },
  ]);
  expect(report.exitCode).toBe(1);
  expectUnreadable({ report: JSON.stringify(report) }, [secret]);
}

describe('a secret that is shown to callers', () => {
  it.each(
    some(
      [
        ['all of it', hex, 64],
        ['all of it in upper case', hex.toUpperCase(), 64],
        ['all of it, of which eight digits count', hex, 8],
        ['with a prefix', `sha256:${hex.slice(0, 16)}`, 64],
        ['its beginning', hex.slice(0, 8), 8],
        ['half of it', hex.slice(0, 32), 64],
      ],
      2,
    ),
  )('is told as its fingerprint, and never printed: %s', async (_, shown, length) => {
    const report = await reportOf({ answer: { fingerprint: shown }, length });
    expectExposed(report, ['fingerprint']);
    expect(report.participants[1]).toMatchObject({ fingerprint: null, accepts: [] });
    expect(report.findings.map(({ code }) => code)).not.toContain('fingerprint-mismatch');
  });

  it.each([
    ['as hex', 'Kx3_9vQz7LmPw2Rt8YbNc4Hd6Js1Gf5A', 'hex'],
    ['as base64', Buffer.from('deadbeefcafe0123456789ab', 'base64').toString('latin1'), 'base64'],
  ] as const)('is told in other spellings, too: %s', async (_, secret, encoding) => {
    const shown = Buffer.from(secret).toString(encoding).slice(0, 8);
    if (!/^[0-9a-f]{8}$/i.test(shown)) return;
    const report = await reportOf({ answer: { fingerprint: shown }, secret });
    expectExposed(report, ['fingerprint'], secret);
  });

  it.each([
    ['a part from its middle', hex.slice(10, 26)],
    ['its end', hex.slice(-8)],
    ['its end, in reverse', [...hex].reverse().join('')],
  ])('is reported wherever the digits are from: %s', async (_, shown) => {
    expectExposed(await reportOf({ answer: { fingerprint: shown } }), ['fingerprint']);
  });

  it('is not claimed of a long fingerprint that contains eight of the digits', async () => {
    const other = fingerprint('quite another key', 64);
    const shown = `${other.slice(0, 20)}${hex.slice(10, 18)}${other.slice(28, 64)}`;
    const report = await reportOf({ answer: { fingerprint: shown }, length: 64 });
    expect(report.findings.map(({ code }) => code)).not.toContain('secret-exposed');
  });

  const words = 'harbour-velvet-lantern-copper-meadow';
  const key = Buffer.from(hex.slice(0, 42), 'hex').toString('base64');

  it.each([
    ['as it is', words, words],
    ['a part', words, 'elvet-lantern'],
    ['base64', words, Buffer.from(`user:${words}`).toString('base64')],
    ['hex', words, Buffer.from(words).toString('hex')],
    ['reversed', words, [...words].reverse().join('')],
    ['the key that it encodes', key, hex.slice(0, 42)],
    ['a short one', 'dragon7', 'dragon7'],
  ])('is reported where the value is no fingerprint: %s', async (_, secret, shown) => {
    expectExposed(await reportOf({ answer: { fingerprint: shown }, secret }), ['fingerprint'], secret);
  });

  it('is reported for a command that prints it instead of a fingerprint', async () => {
    const run = [process.execPath, '-e', `console.log(process.env.${variable})`];
    const config = configOf({ api: { source: { kind: 'command', run, output: 'fingerprint' } } });
    const report = await check({
      config: JSON.parse(JSON.stringify(config)),
      env: { ...process.env, [variable]: words },
    });
    expectExposed(report, ['fingerprint'], words);
  });

  it.each(['not a fingerprint', 'netra-auth-service', 42, null])('is not claimed of %j', async (shown) => {
    const report = await reportOf({ answer: { fingerprint: shown }, secret: words });
    expect(report.findings.map(({ code }) => code)).not.toContain('secret-exposed');
  });

  it('is reported among the accepted keys', async () => {
    const report = await reportOf({
      answer: { fingerprint: fingerprint(hex), accepts: [fingerprint(hex), hex] },
      length: 64,
    });
    expectExposed(report, ['accepts']);
    expect(report.participants[1]).toMatchObject({ agrees: true });
  });

  it.each([
    ['beside a fingerprint', { fingerprint: fingerprint(words) }],
    ['beside a value that is no fingerprint', { fingerprint: 'none' }],
    ['beside a proof', { proof: 'A'.repeat(43), reveal: 'proof' }],
  ])('is reported among the accepted keys where it is no fingerprint: %s', async (_, answer) => {
    const accepts = ['7', Buffer.from(words).toString('base64')];
    expectExposed(await reportOf({ answer: { ...answer, accepts }, secret: words }), ['accepts'], words);
  });

  it('is reported for one of several samples', async () => {
    let asked = 0;
    const server = await startServer((request, response) => {
      asked += 1;
      return json({ fingerprint: asked === 2 ? words : fingerprint(words) })(request, response);
    });
    const source = { kind: 'http', url: `${server.origin}/fingerprint`, samples: 3 };
    const config = configOf({ api: { source } });
    const report = await check({ config: JSON.parse(JSON.stringify(config)), env: { [variable]: words } });
    await server.close();
    expectExposed(report, ['fingerprint'], words);
  });

  it.each(['instance', 'version'])('is told as %s', async (field) => {
    const report = await reportOf({ answer: { fingerprint: fingerprint(hex), [field]: `api-${hex}` } });
    expectExposed(report, [field]);
  });

  it('is reported for a command and for a pinned fingerprint', async () => {
    const run = [process.execPath, '-e', `console.log(process.env.${variable}.slice(0, 12))`];
    const config = configOf({
      api: { source: { kind: 'command', run, output: 'fingerprint' } },
      written: { source: { kind: 'pinned', fingerprint: hex.slice(0, 8) } },
    });
    const report = await check({
      config: JSON.parse(JSON.stringify(config)),
      env: { ...process.env, [variable]: hex },
    });
    expect(
      report.findings.filter(({ code }) => code === 'secret-exposed').map(({ participants }) => participants),
    ).toEqual([['api'], ['written']]);
    expectUnreadable({ report: JSON.stringify(report) }, [hex]);
  });

  it('is in no format', async () => {
    const report = await reportOf({ answer: { fingerprint: hex, instance: hex, version: hex }, length: 64 });
    for (const [format, reporter] of Object.entries(reporters)) {
      expectUnreadable({ [format]: reporter(viewOf(report), plainStyle) }, [hex]);
    }
  });

  it('is not claimed of a fingerprint that is right', async () => {
    const report = await reportOf({ answer: { fingerprint: fingerprint(hex) } });
    expect(report).toMatchObject({ verdict: 'consistent', exitCode: 0, findings: [] });
  });

  it('is not claimed of another fingerprint', async () => {
    const report = await reportOf({ answer: { fingerprint: fingerprint('another') } });
    expect(report.findings.map(({ code }) => code)).not.toContain('secret-exposed');
  });
});
