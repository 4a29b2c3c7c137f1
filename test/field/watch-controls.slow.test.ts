import { afterEach, describe, expect, it } from 'vitest';
import { openSession } from '../../src/check/session.js';
import { loadConfig } from '../../src/config/load.js';
import { openMemory } from '../../src/observe/memory.js';
import { json, type TestServer } from '../support/http-server.js';
import { some } from '../support/random.js';
import {
  codes,
  configOf,
  httpProbe,
  kinds,
  look,
  type Participants,
  plainAnswer,
  secret,
  startHttpService,
} from './any-service.js';
import { type Made, mint, startIssuer, tokenOf } from './issuer.js';

const toClose: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of toClose.splice(0)) await one.close();
});

const minute = 60_000;

/** The clock of the monitor and of its services. */
let at = Date.now();

/** A monitor of these participants, without its loop: each check is asked for, a minute after the one before. */
async function monitor(participants: Participants, everyMs = 10 * minute) {
  const env: Record<string, string> = { THE_SECRET: secret };
  const loaded = await loadConfig({ config: configOf(participants), cwd: process.cwd(), env });
  const session = openSession(loaded, { env });
  toClose.push(session);
  const memory = openMemory(everyMs);
  return (passes = minute) => {
    at += passes;
    const now = () => new Date(at);
    const signal = new AbortController().signal;
    return session.check({ controls: 'all', memory }, { now, signal, progress: () => {} });
  };
}

/** Counts what it was given since it was asked last. */
const since = (server: TestServer) => {
  let seen = 0;
  return () => {
    const all = kinds(server, { clockMs: at - Date.now() }).slice(seen);
    seen += all.length;
    return {
      valid: all.filter((k) => k === 'valid').length,
      invalid: all.filter((k) => k !== 'valid').length,
    };
  };
};

async function service(
  answer: Parameters<typeof startHttpService>[0],
  keyOf = () => secret,
): Promise<TestServer> {
  const server = await startHttpService(({ token }, request, response) => {
    response.sendDate = false;
    answer(look(token, { key: keyOf(), clockMs: at - Date.now() }), request, response);
  });
  toClose.push(server);
  return server;
}

describe('a monitor', () => {
  it('presents invalid tokens on its first check, and then every so often', async () => {
    const server = await service(plainAnswer);
    const check = await monitor({ svc: httpProbe(server) });
    const given = since(server);
    expect((await check()).verdict).toBe('consistent');
    expect(given()).toEqual({ valid: 1, invalid: 5 });
    for (let n = 1; n < 10; n++) {
      const report = await check();
      expect(report).toMatchObject({ verdict: 'consistent', level: 'INFO', findings: [] });
      expect(given()).toEqual({ valid: 1, invalid: 0 });
      const remembered = report.attempts.filter((a) => a.observedAt !== undefined);
      expect(remembered.map((a) => a.token)).toEqual([
        'forged',
        'missing',
        'expired',
        'unsigned',
        'tampered',
      ]);
    }
    await check();
    expect(given()).toEqual({ valid: 1, invalid: 5 });
  });

  it('is never locked out of a service that counts invalid tokens by the hour', async () => {
    let invalid = 0;
    const server = await service((presented, request, response) => {
      if (invalid >= 12) return json({ detail: 'Forbidden' }, 403)(request, response);
      if (presented.complaint !== null) invalid += 1;
      plainAnswer(presented, request, response);
    });
    const check = await monitor({ svc: httpProbe(server) }, 30 * minute);
    for (let n = 0; n < 60; n++) expect(await check()).toMatchObject({ verdict: 'consistent', findings: [] });
  });

  it('presents them in the very check in which something else changes', async () => {
    let key = secret;
    const server = await service(plainAnswer, () => key);
    const check = await monitor({ svc: httpProbe(server) });
    await check();
    key = `${secret}\n`;
    const report = await check();
    expect(report).toMatchObject({ verdict: 'inconsistent' });
    expect(report.attempts.map((a) => a.observedAt)).toEqual(report.attempts.map(() => undefined));
    const told = codes(report);
    const requests = server.requests.length;
    const next = await check();
    // What was found stays found, without a follow-up at every check.
    expect(codes(next)).toEqual(told);
    expect(next.level).toBe(report.level);
    expect(server.requests.length - requests).toBe(1);
    key = secret;
    expect(await check()).toMatchObject({ verdict: 'consistent', findings: [] });
  });

  it('sees at once that a service no longer accepts forged tokens', async () => {
    let verifies = false;
    const server = await service((presented, request, response) =>
      plainAnswer(verifies ? presented : { ...presented, complaint: null }, request, response),
    );
    const check = await monitor({ svc: httpProbe(server) });
    expect((await check()).level).toBe('EMERGENCY');
    expect((await check()).level).toBe('EMERGENCY');
    verifies = true;
    expect(await check()).toMatchObject({ verdict: 'consistent', level: 'INFO', findings: [] });
  });

  it('presents them to everyone once a secret at hand changes', async () => {
    const server = await service(plainAnswer);
    const env: Record<string, string> = { THE_SECRET: secret };
    const config = configOf({
      tests: { source: { kind: 'env', names: ['TESTS'] } },
      svc: httpProbe(server),
    });
    const memory = openMemory(10 * minute);
    const loaded = await loadConfig({ config, cwd: process.cwd(), env });
    const session = openSession(loaded, { env });
    toClose.push(session);
    const check = () =>
      session.check(
        { memory },
        { now: () => new Date(at), signal: new AbortController().signal, progress: () => {} },
      );
    env.TESTS = secret;
    const given = since(server);
    await check();
    expect(given()).toEqual({ valid: 1, invalid: 2 });
    await check();
    expect(given()).toEqual({ valid: 1, invalid: 0 });
    env.TESTS = `${secret} `;
    await check();
    expect(given()).toEqual({ valid: 1, invalid: 3 });
  });

  it.each([
    ['says nothing', { detail: 'Forbidden' }],
    ['says so', { error: 'too many failed attempts' }],
  ])('does not prolong a lock-out that its own follow-up brought about, which %s', async (_, body) => {
    let lockedUntil = 0;
    let invalid = 0;
    const server = await service(
      (presented, request, response) => {
        if (at < lockedUntil) return json(body, 403)(request, response);
        if (presented.complaint !== null) invalid += 1;
        if (invalid >= 8) {
          invalid = 0;
          lockedUntil = at + 4 * minute;
        }
        plainAnswer(presented, request, response);
      },
      () => 'a key that nobody knows',
    );
    const check = await monitor({ svc: httpProbe(server) }, 30 * minute);
    expect(await check()).toMatchObject({ verdict: 'inconsistent' });
    let requests = server.requests.length;
    for (let n = 0; n < 20; n++) {
      const isLocked = at + minute < lockedUntil;
      const report = await check();
      // The valid token alone, locked out or not.
      expect(server.requests.length - requests).toBe(1);
      requests = server.requests.length;
      expect(report.verdict).toBe(isLocked ? 'inconclusive' : 'inconsistent');
      expect(codes(report)).toEqual([isLocked ? 'probe-inconclusive' : 'rejects-valid-token']);
    }
  });

  it.each<[string, Made]>(
    some(
      [
        ['another issuer', { claims: { iss: 'https://elsewhere.example' } }],
        ['another audience', { claims: { aud: 'elsewhere' } }],
        ['another algorithm', { alg: 'HS512' }],
        ['another key', { key: 'another key that nobody else has' }],
      ],
      2,
    ),
  )('presents the tokens of an issuer with %s as seldom as invalid ones', async (_, made) => {
    const server = await service(plainAnswer);
    const issues = await startIssuer([() => tokenOf({ ...made, clockMs: at - Date.now() })]);
    toClose.push(issues);
    const check = await monitor({ svc: httpProbe(server), auth: { role: 'issuer', mint: mint(issues) } });
    const given = since(server);
    const first = await check();
    expect(first).toMatchObject({ verdict: 'inconsistent' });
    expect(given()).toEqual({ valid: 1, invalid: 6 });
    for (let n = 1; n < 5; n++) {
      expect(codes(await check())).toEqual(codes(first));
      expect(given()).toEqual({ valid: 1, invalid: 0 });
    }
  });
});
