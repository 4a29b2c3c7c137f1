import { afterEach, describe, expect, it } from 'vitest';
import { json, type TestServer } from '../support/http-server.js';
import { some } from '../support/random.js';
import {
  checked,
  codes,
  httpProbe,
  kinds,
  look,
  plainAnswer,
  secret,
  startHttpService,
} from './any-service.js';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A service that answers everything with `status` after so many invalid tokens, as fail2ban or a firewall does. */
async function lockingOut(after: number, status: number, countsMissing = true): Promise<TestServer> {
  let invalid = 0;
  const server = await startHttpService((presented, request, response) => {
    if (invalid >= after) return json({ detail: 'Forbidden' }, status)(request, response);
    if (presented.complaint !== null && (countsMissing || presented.token !== '')) invalid += 1;
    plainAnswer(presented, request, response);
  });
  servers.push(server);
  return server;
}

describe('a service that locks out callers who present invalid tokens', () => {
  it.each(
    some(
      [
        [1, 403],
        [2, 403],
        [3, 403],
        [3, 401],
        [3, 429],
      ],
      2,
    ),
  )('after %i of them with %i is given the valid token first', async (after, status) => {
    const server = await lockingOut(after, status);
    const report = await checked({ svc: httpProbe(server) });
    expect(kinds(server)[0]).toBe('valid');
    expect(report.attempts.find((a) => a.token === 'genuine')?.result).toBe('accepted');
    expect(codes(report).filter((code) => code !== 'probe-inconclusive')).toEqual([]);
  });

  it('is consistent in a check with every control', async () => {
    const report = await checked({ svc: httpProbe(await lockingOut(3, 403)) });
    expect(report).toMatchObject({ verdict: 'consistent', exitCode: 0, level: 'INFO', findings: [] });
  });

  it('is given the valid tokens of all its probes and samples before any other', async () => {
    const server = await lockingOut(1, 403);
    const [probe] = httpProbe(server).probes;
    const report = await checked({
      one: {
        probes: [
          { ...probe, samples: 3 },
          { ...probe, name: 'other' },
        ],
      },
      two: { probes: [probe] },
    });
    expect(kinds(server).slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'valid'));
    expect(report).toMatchObject({ verdict: 'consistent', findings: [] });
  });

  it('is given the tokens of a participant with another secret after those of the reference', async () => {
    const server = await lockingOut(1, 403);
    const report = await checked(
      { tests: { source: { kind: 'env', names: ['OTHER'] } }, svc: httpProbe(server) },
      {
        env: {
          THE_SECRET: 'q2wK8sLr5mT0nWyZb7cDfGhQ1sUeViXo4aR9kEJq3hSv',
          OTHER: 'another secret of the tests',
        },
      },
    );
    expect(kinds(server)[0]).toBe('valid');
    expect(report.findings.map(({ participants }) => participants)).toEqual([['tests']]);
  });

  it('is given the forged token before the other invalid ones, so that it looks at this one', async () => {
    for (let n = 0; n < 3; n += 1) {
      const server = await lockingOut(1, 403);
      const report = await checked({ svc: httpProbe(server) });
      expect(report).toMatchObject({ verdict: 'consistent', findings: [] });
      expect(report.attempts.find((a) => a.token === 'forged')?.status).toBe(401);
      expect(report.attempts.find((a) => a.token === 'missing')?.status).toBe(403);
    }
  });

  it('gets no more requests than there are tokens', async () => {
    const server = await lockingOut(99, 403);
    await checked({ svc: httpProbe(server) });
    expect(server.requests).toHaveLength(6);
  });
});

describe('a service that locks out callers, and has drifted', () => {
  it.each(some([1, 2, 3, 4, 6, 12], 2))(
    'after %i invalid tokens is never given a wrong cause',
    async (after) => {
      let invalid = 0;
      const server = await startHttpService(
        (presented, request, response) => {
          if (invalid >= after) return json({ detail: 'Forbidden' }, 403)(request, response);
          if (presented.complaint !== null) invalid += 1;
          plainAnswer(presented, request, response);
        },
        { key: 'another key than the right one, and nobody knows it' },
      );
      servers.push(server);
      const report = await checked({ svc: httpProbe(server) });
      expect(report.exitCode).not.toBe(0);
      for (const code of codes(report)) expect(['rejects-valid-token', 'probe-inconclusive']).toContain(code);
    },
  );

  it('and lets us in again during the check, is not said to have replicas that disagree', async () => {
    let requests = 0;
    const server = await startHttpService((presented, request, response) => {
      requests += 1;
      if (requests <= 3) return json({ detail: 'Forbidden' }, 403)(request, response);
      plainAnswer(presented, request, response);
    });
    servers.push(server);
    const report = await checked({ svc: httpProbe(server) }, { controls: ['forged', 'missing'] });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
  });

  it('answers otherwise after so many requests of any kind, which is not two replicas', async () => {
    let requests = 0;
    const server = await startHttpService((presented, request, response) => {
      requests += 1;
      if (requests > 3) return json({ detail: 'Forbidden' }, 403)(request, response);
      plainAnswer(presented, request, response);
    });
    servers.push(server);
    const report = await checked({ svc: httpProbe(server, { samples: 5 }) });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report.exitCode).toBe(3);
  });

  it('and answers locked-out callers 200 with a body, is not called open', async () => {
    let invalid = 0;
    const server = await startHttpService((presented, request, response) => {
      if (invalid >= 2) return json({ blocked: true, ticket: 'abc' })(request, response);
      if (presented.complaint !== null) invalid += 1;
      plainAnswer(presented, request, response);
    });
    servers.push(server);
    const report = await checked({ svc: httpProbe(server) });
    expect(report.level).not.toBe('EMERGENCY');
    expect([...new Set(codes(report))]).toEqual(['probe-inconclusive']);
  });
});

describe('replicas that disagree', () => {
  it.each([2, 3, 5])('are told apart by %i samples', async (samples) => {
    let turn = 0;
    const server = await startHttpService(({ token }, request, response) => {
      turn += 1;
      plainAnswer(look(token, { key: turn % 2 === 0 ? secret : `${secret}?` }), request, response);
    });
    servers.push(server);
    const report = await checked({ svc: httpProbe(server, { samples }) }, { controls: ['forged'] });
    expect(codes(report)).toEqual(['replicas-disagree']);
  });
});
